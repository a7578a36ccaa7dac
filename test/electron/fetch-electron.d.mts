export interface FoundElectron {
  readonly program: string
  readonly kind: 'pinned' | 'carried'
}
export function pinnedElectron(): FoundElectron | null
export function carriedElectron(): FoundElectron | null
export function anyElectron(): FoundElectron | null

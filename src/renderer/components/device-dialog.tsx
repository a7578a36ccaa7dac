/** Every backend, whether it is used, why or why not, how to enable it, and which one the user wants. */
import { useQueryClient } from '@tanstack/react-query'
import type { Doctor } from '../../core/contract/contract.ts'
import { bytes } from '../lib/format.ts'
import { keepPreference } from '../lib/preferences.ts'
import { useDoctor } from '../lib/queries.ts'
import { Dialog } from './basics.tsx'
import { frame } from './strings.ts'

const words = frame.device

/** A sentence with the commands in it set apart. */
function WithCommands({ text }: { text: string }) {
  const parts = text.split(/(npm run engine:\w+(?: -- --\w+)?|--backend \w+)/)
  return parts.map((part, at) => (at % 2 === 1 ? <code key={part}>{part}</code> : part))
}

/** For runs that start from now on. A command line or TROI_BACKEND that names an engine counts more, and then the answer stays. */
function Choice({ doctor }: { doctor: Doctor }) {
  const client = useQueryClient()
  const choose = async (name: string) => {
    await keepPreference('backend', name)
    await client.invalidateQueries({ queryKey: ['doctor'] })
  }
  return (
    <label className="row">
      {words.choice}{' '}
      <select value={doctor.asked ?? 'auto'} onChange={(event) => void choose(event.target.value)}>
        <option value="auto">{words.auto}</option>
        {doctor.backends.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

export function DeviceDialog({ onClose }: { onClose: () => void }) {
  const doctor = useDoctor().data
  if (doctor === undefined) return null
  return (
    <Dialog title={words.title} onClose={onClose}>
      <table>
        <tbody>
          {doctor.backends.map((backend) => (
            <tr key={backend.name} className="tall">
              <td>
                <b>{backend.name}</b>
              </td>
              <td className={backend.chosen ? '' : 'ink3'}>
                {backend.chosen ? words.used : backend.available ? words.notUsed : words.notThere}
              </td>
              <td className="ink2 wrap">
                {backend.reason}
                {backend.howToEnable === undefined ? null : (
                  <>
                    {' '}
                    {words.enable} <WithCommands text={backend.howToEnable} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Choice doctor={doctor} />
      {doctor.device === null ? (
        <p className="warning">{words.refused(doctor.asked ?? 'auto')}</p>
      ) : (
        <p className="ink2">
          {doctor.device === undefined ? null : `${doctor.device}. `}
          {words.error(doctor.selfTest.worstRelativeError.toExponential(1))}{' '}
          {words.about(doctor.cores, bytes(doctor.memoryBytes.total), bytes(doctor.diskBytes.free))}
        </p>
      )}
    </Dialog>
  )
}

/** Every backend, whether it is used, and why or why not. */
import { bytes } from '../lib/format.ts'
import { useDoctor } from '../lib/queries.ts'
import { Dialog } from './basics.tsx'
import { frame } from './strings.ts'

const words = frame.device

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
                    {words.enable} <code>{backend.howToEnable}</code>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="ink2">
        {words.error(doctor.selfTest.worstRelativeError.toExponential(1))}{' '}
        {words.about(doctor.cores, bytes(doctor.memoryBytes.total), bytes(doctor.diskBytes.free))}
      </p>
    </Dialog>
  )
}

/** What a job needs of the environment, and no more. */
export function jobEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {}
  for (const name of [
    'PATH',
    'HOME',
    'USERPROFILE',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'TEMP',
    'TMP',
    'SystemRoot',
    'TROI_TENSORFLOW_DIR',
  ])
    if (process.env[name] !== undefined) kept[name] = process.env[name]
  return kept
}

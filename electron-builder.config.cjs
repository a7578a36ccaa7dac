/** What goes into the app. The engine runs under plain Node, which cannot read an asar archive, so its files stay unpacked. */
const { version } = require('electron/package.json')

const electronVersion = process.env.TROI_ELECTRON_VERSION ?? version
/** Electron before 29 has no such fuse, and the packager refuses to set what is not there. */
const hasFileFuse = Number(electronVersion.split('.')[0]) >= 29
/** ONNX Runtime's package holds the binaries of every system; the app takes its own. */
const otherRuntimes = ['linux/x64', 'linux/arm64', 'darwin/arm64', 'win32/x64', 'win32/arm64']
  .filter((system) => system !== `${process.platform}/${process.arch}`)
  .map((system) => `!node_modules/onnxruntime-node/bin/napi-v6/${system}/**`)

module.exports = {
  appId: 'org.troi.workstation',
  productName: 'TROI Workstation',
  electronVersion,
  electronDist: process.env.TROI_ELECTRON_DIST,
  npmRebuild: false,
  directories: { output: 'dist' },
  files: [
    'out/**',
    'resources/**',
    'package.json',
    'LICENSE',
    '!node_modules/node-*/**',
    '!**/*.map',
    ...otherRuntimes,
  ],
  asarUnpack: ['out/engine/**', 'out/renderer/**', 'resources/**', 'node_modules/**', 'package.json'],
  extraResources: [{ from: process.env.TROI_NODE, to: 'node', filter: ['node', 'node.exe'] }],
  // Systems open files with an app, not folders: every project holds a small project.troi that stands for it.
  fileAssociations: [
    { ext: 'troi', name: 'TROI project', role: 'Editor', mimeType: 'application/vnd.troi.project+json' },
  ],
  linux: { target: 'dir', category: 'Science' },
  win: { target: 'dir' },
  mac: { target: 'dir' },
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    ...(hasFileFuse ? { grantFileProtocolExtraPrivileges: false } : {}),
  },
}

/** What goes into the app. The engine runs under plain Node, which cannot read an asar archive, so its files stay unpacked. */
const { version } = require('electron/package.json')

module.exports = {
  appId: 'org.troi.workstation',
  productName: 'TROI Workstation',
  electronVersion: process.env.TROI_ELECTRON_VERSION ?? version,
  electronDist: process.env.TROI_ELECTRON_DIST,
  npmRebuild: false,
  directories: { output: 'dist' },
  files: ['out/**', 'resources/**', 'package.json', 'LICENSE', '!node_modules/node-*/**', '!**/*.map'],
  asarUnpack: ['out/engine/**', 'out/renderer/**', 'resources/**', 'node_modules/**', 'package.json'],
  extraResources: [{ from: process.env.TROI_NODE, to: 'node', filter: ['node', 'node.exe'] }],
  fileAssociations: [{ ext: 'troi', name: 'TROI project', role: 'Editor' }],
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
    grantFileProtocolExtraPrivileges: false,
  },
}

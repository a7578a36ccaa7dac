/** The schemas of the stages' settings, as clients see them. */
export {
  type DecoderSettings,
  decoderSettingsSchema,
  defaultDecoderSettings,
  defaultModelSettings,
  defaultPretrainSettings,
  type MaskSettings,
  type ModelSettings,
  maskPresets,
  maskSettingsSchema,
  modelSettingsSchema,
  type PresetName,
  type PretrainSettings,
  presetNames,
  pretrainSettingsSchema,
  settingHelp,
} from '../troi/settings.ts'

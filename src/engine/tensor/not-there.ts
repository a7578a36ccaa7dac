/** Why an engine cannot be used here: an expected answer, with what the user can do about it. */
export class NotThere extends Error {
  override readonly name = 'NotThere'
  readonly howToEnable: string

  constructor(reason: string, howToEnable: string) {
    super(reason)
    this.howToEnable = howToEnable
  }
}

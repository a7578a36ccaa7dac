/** What a picture may be at most, and how long a list in a message gets. */

/** A file larger than this is no stimulus. */
export const largestPictureBytes = 256 * 2 ** 20
/** Width times height; a decoded picture takes three bytes for each. */
export const largestPicturePixels = 2 ** 26

/** At most this many examples in a message or a list; the count says how many there are. */
export const mostExamples = 20

export function examples(items: readonly string[]): string {
  const shown = items.slice(0, mostExamples).join(', ')
  return items.length > mostExamples ? `${shown} and ${items.length - mostExamples} more` : shown
}

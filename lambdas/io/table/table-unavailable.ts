/** The table did not answer, or rejected the call: it is slow, throttled, missing, or a grant is missing. */
export class TableUnavailable extends Error {
  override readonly name = 'TableUnavailable';
}

/** The part that is used here; the package has no types of its own. */
declare module 'probe-image-size/sync.js' {
  interface Size {
    readonly width: number;
    readonly height: number;
  }
  interface Probe {
    /** Each takes an image or its beginning, and gives what it says of itself, if that is all there and right. */
    readonly parsers: Readonly<
      Record<'jpeg' | 'png' | 'webp', (image: Uint8Array) => Size | null | undefined>
    >;
  }
  const probe: Probe;
  export default probe;
}

/** The part of the package that this project uses. The package has no types. */
declare module 'probe-image-size/sync.js' {
  interface Size {
    readonly width: number;
    readonly height: number;
  }
  interface Probe {
    /** Each takes an image or its beginning. @returns nothing where the size is missing or invalid */
    readonly parsers: Readonly<
      Record<'jpeg' | 'png' | 'webp', (image: Uint8Array) => Size | null | undefined>
    >;
  }
  const probe: Probe;
  export default probe;
}

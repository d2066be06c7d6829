/** The part of the package that this project uses: three of its ten formats. The package has no types. */
declare module 'probe-image-size/lib/formats/*.js' {
  interface Size {
    readonly width: number;
    readonly height: number;
  }
  export class Parser {
    /** Takes an image or its beginning. */
    push(image: Uint8Array): void;
    /** @returns nothing where the size is missing or invalid */
    getResult(): Size | null | undefined;
  }
}

import { toText } from './bytes.ts';
import { FRAGMENT_LEAVES } from './fragment.ts';
import type { Leaf } from './leaf.ts';
import { TRACK_LEAVES } from './tables.ts';

/** The brands of HEIF and AVIF (ISO/IEC 23008-12): a still image, or a sequence of images that players show as one. */
const IMAGE_BRANDS =
  'mif1 mif2 mif3 msf1 miaf MiHA MiHB MiHE MA1A MA1B avif avis avio heic heix heim heis hevc hevx avci avcs vvic vvis jpeg jpgs j2ki j2is 1pic tmap';

const MAX_BRANDS = 1000;

/** The boxes whose fields are read, by their place. */
export const LEAVES: Readonly<Record<string, Leaf>> = {
  '/ftyp': {
    headBytes: 8,
    readHead(index, head, bytesLeft) {
      const brand = toText(head.subarray(0, 4));
      index.imageBrand = isOfImages(brand) ? brand : null;
      return { count: Math.min(Math.floor(bytesLeft / 4), MAX_BRANDS), bytes: 4 };
    },
    readEntry(index, entry) {
      if (!isOfImages(toText(entry))) index.imageBrand = null;
    },
  },
  ...TRACK_LEAVES,
  ...FRAGMENT_LEAVES,
};

function isOfImages(brand: string): boolean {
  return IMAGE_BRANDS.split(' ').includes(brand);
}

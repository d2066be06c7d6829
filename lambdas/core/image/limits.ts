/** MiniMax accepts images with fewer bytes than this: https://platform.minimax.io */
export const IMAGE_LIMIT_BYTES = 20_000_000;

export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

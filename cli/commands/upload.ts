import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

/** Uploads an image. */
export const UPLOAD = defineCommand({
  name: 'upload',
  summary:
    'Uploads an image, and prints the value of a media input, which your own requests may use for a day.',
  words: { name: 'FILE', help: 'a JPEG, PNG or WebP file', from: 1, to: 1, completes: 'files' },
  flags: { ...WHERE_FLAGS, ...JSON_FLAG },
  examples: ['upload pet.jpg'],
  async run({ values, words: [file = ''] }, { interruption }) {
    const { upload } = await import('../videos/upload.ts');
    return upload(file, values, interruption);
  },
});

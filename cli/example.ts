import { join } from 'node:path';

/** What is made without --template: the example of MiniMax's guide. */
export const EXAMPLE = { template: '393769180141805569', text: 'Lion' } as const;

/** Replaces the image of MiniMax's own example for a service on this machine, which may have no other network. */
export const EXAMPLE_FILE = join(import.meta.dirname, '..', 'local', 'simulator', 'pet.jpg');

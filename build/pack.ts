import { spawnSync } from 'node:child_process';
import * as z from 'zod/mini';

const packed = z.tuple([
  z.object({ filename: z.string(), size: z.number(), unpackedSize: z.number(), entryCount: z.number() }),
]);

/** A package as `npm pack` makes it. Sizes are bytes. */
export type Packed = z.infer<typeof packed>[0];

/** Packs a finished package. @param folder of the package. @param destination the folder for the file, or none to only list it */
export function pack(folder: string, destination?: string): Packed {
  const target = destination === undefined ? ['--dry-run'] : ['--pack-destination', destination];
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', ...target], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm pack fails in ${folder}:\n${stderr}`);
  return z.parse(packed, JSON.parse(stdout))[0];
}

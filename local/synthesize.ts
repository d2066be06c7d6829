import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApp } from '../infra/create-app.ts';
import type { Settings } from '../infra/settings.ts';

/** Settings as `-c name=value` would give them. */
export type Context = Partial<Readonly<Record<keyof Settings, string | number | boolean>>>;

/**
 * Synthesizes the stack into a folder, as `cdk synth` would with this context. The checks of the template are left to
 * `cdk synth`: they change nothing in it and take longer than all the rest.
 */
export async function synthesize(outdir: string, context: Context): Promise<void> {
  const cdkJson = JSON.parse(await readFile(join(import.meta.dirname, '..', 'cdk.json'), 'utf8')) as {
    readonly context: object;
  };
  const app = createApp({
    outdir,
    context: { ...cdkJson.context, ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  app.synth();
}

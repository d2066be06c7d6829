import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Settings, toSettings } from '../infra/settings.ts';
import { createApp } from '../infra/stack.ts';

/** Settings as `-c name=value` would give them. */
export type Context = Partial<Readonly<Record<keyof Settings, string | number | boolean>>>;

/** The MiniMax host of a stack that is synthesized with this context. @throws InvalidSetting */
export async function minimaxHostOf(context: Context): Promise<string> {
  return toSettings({ ...(await projectContext()), ...context }).minimaxHost;
}

/**
 * Synthesizes the stack into a folder, as `cdk synth` would with this context. The checks of the template are left to
 * `cdk synth`: they change nothing in it and take longer than all the rest.
 */
export async function synthesize(outdir: string, context: Context): Promise<void> {
  const app = createApp({
    outdir,
    context: { ...(await projectContext()), ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  app.synth();
}

async function projectContext(): Promise<object> {
  const text = await readFile(join(import.meta.dirname, '..', 'cdk.json'), 'utf8');
  const { context } = JSON.parse(text) as { readonly context: object };
  return context;
}

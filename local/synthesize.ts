import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Settings, toSettings } from '../infra/settings.ts';
import { createApp } from '../infra/stack.ts';

/** Settings, as `-c name=value` gives them. */
export type Context = Partial<Readonly<Record<keyof Settings, string | number | boolean>>>;

const project = z.object({ context: z.looseObject({}) });

/** The MiniMax host of a stack that is synthesized with this context. @throws InvalidSetting */
export async function minimaxHostOf(context: Context): Promise<string> {
  return toSettings({ ...(await projectContext()), ...context }).minimaxHost;
}

/**
 * Synthesizes the stack into a folder, as `cdk synth` does with this context. It skips the checks of the template, which
 * change nothing and take longer than everything else.
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
  return z.parse(project, JSON.parse(text)).context;
}

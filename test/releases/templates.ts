import { join } from 'node:path';
import { BUNDLES_CONTEXT } from '../../infra/bundles.ts';
import { type Context, synthesize } from '../../local/synthesize.ts';
import { readTemplate } from '../harness/assembly.ts';
import { emptyBundles } from '../harness/empty-bundles.ts';
import { TEMPLATES, type TemplateName } from './release.ts';

/** A template, as far as the comparison of two releases reads it. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: unknown;
}

/** The template of this tree. @param folder for temporary files */
export async function synthesizedTemplate(name: TemplateName, folder: string): Promise<StackTemplate> {
  const outdir = join(folder, `cdk.out.${name}`);
  const context: Context = TEMPLATES[name];
  const bundles = { [BUNDLES_CONTEXT]: emptyBundles(join(folder, 'empty')) };
  await synthesize(outdir, { ...context, ...bundles });
  return withoutNoise((await readTemplate(outdir)) as StackTemplate);
}

/** Leaves out what has no effect on an upgrade: metadata, and the names of the bundles, which change with each line of code. */
function withoutNoise({ Resources, ...rest }: StackTemplate): StackTemplate {
  const resources = Object.entries(Resources).map(([logicalId, { Metadata: _, ...resource }]) => {
    const { Properties } = resource;
    if (resource.Type !== 'AWS::Lambda::Function') return [logicalId, resource];
    const Code = { ...(Properties?.Code as object), S3Key: `${logicalId}.zip` };
    return [logicalId, { ...resource, Properties: { ...Properties, Code } }];
  });
  return { ...rest, Resources: Object.fromEntries(resources) };
}

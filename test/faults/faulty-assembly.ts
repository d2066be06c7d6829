import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readDeployment } from '../../local/template/deployment.ts';
import { type AnyProperties, readTemplate, writeTemplate } from '../harness/assembly.ts';

export interface FunctionLimits {
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

interface FaultyOptions {
  /** The synthesized assembly. */
  readonly assembly: string;
  /** Where the copy goes. */
  readonly folder: string;
  readonly faultFile: string;
  readonly objectFolder: string;
  /** Added to the environment of every function. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** Limits of functions, by their names as in `CheckTask`. @default none */
  readonly limits?: Readonly<Record<string, FunctionLimits>>;
}

interface FunctionProperties extends AnyProperties {
  Code: { S3Key: string };
  Timeout: number;
}

/** Copies an assembly in which every bundle is wrapped, so that its function can fail as a `FunctionFault` says. */
export async function writeFaultyAssembly(options: FaultyOptions): Promise<void> {
  const { assembly, folder, variables, limits = {} } = options;
  const { functions, buckets } = await readDeployment(assembly);
  const [bucket = ''] = buckets;
  const template = await readTemplate(assembly);
  await mkdir(folder, { recursive: true });
  for (const { name: logicalId, entry } of functions) {
    const deployed = template.Resources[logicalId]?.Properties as FunctionProperties;
    const name = /^TemplateVideo(\w+)[0-9A-F]{8}$/.exec(logicalId)?.[1] ?? logicalId;
    await mkdir(join(folder, `asset.${name}`));
    await writeFile(join(folder, `asset.${name}`, 'index.mjs'), wrapper(name, entry, { ...options, bucket }));
    deployed.Code.S3Key = `${name}.zip`;
    const { variables: own, timeoutSeconds = deployed.Timeout } = limits[name] ?? {};
    deployed.Timeout = timeoutSeconds;
    Object.assign(deployed.Environment?.Variables ?? {}, variables, own);
  }
  await writeTemplate(folder, template);
}

function wrapper(
  name: string,
  real: string,
  { faultFile, objectFolder, bucket }: Pick<FaultyOptions, 'faultFile' | 'objectFolder'> & { bucket: string },
): string {
  const faults = join(import.meta.dirname, 'function-fault.ts');
  const options = { faultFile, bucketFolder: join(objectFolder, bucket) };
  return `import { handler as real } from ${JSON.stringify(pathToFileURL(real).href)};
import { faulty } from ${JSON.stringify(pathToFileURL(faults).href)};
export const handler = faulty(${JSON.stringify(name)}, real, ${JSON.stringify(options)});
`;
}

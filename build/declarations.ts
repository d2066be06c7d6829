import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Extractor, ExtractorConfig, type ExtractorMessage } from '@microsoft/api-extractor';
import { PROJECT } from './project.ts';
import { runTypeScript } from './typescript.ts';

/** The committed reports of the public surface, one for each entry. */
export const REPORT_FOLDER = join(import.meta.dirname, 'api');

/** The public surface of a package differs from its committed report. */
export class ChangedSurface extends Error {}

export interface DeclarationOptions {
  /** The source of each entry, by its name, as in `{ client: 'client/index.ts' }`. */
  readonly entries: Readonly<Record<string, string>>;
  /** Where each entry's declarations go, as `{name}.d.ts` and `{name}.d.cts`. */
  readonly outdir: string;
  /** A folder for what is between. */
  readonly temporary: string;
  /** Whether the committed reports are replaced, instead of compared. */
  readonly isUpdate: boolean;
}

/**
 * Writes one declaration file for each entry, and compares its public surface with the committed report.
 * @throws ChangedSurface where a report differs
 */
export function writeDeclarations({ entries, outdir, temporary, isUpdate }: DeclarationOptions): void {
  const declared = join(temporary, 'declarations');
  runTypeScript({
    files: Object.values(entries),
    outdir: declared,
    options: { declaration: true, emitDeclarationOnly: true },
  });
  pointToJavaScript(declared);
  const changed = Object.entries(entries).filter(([name, source]) => {
    const declarations = join(declared, source.replace(/\.ts$/, '.d.ts'));
    const rollup = join(outdir, `${name}.d.ts`);
    const isUnchanged = rollUp(name, { declarations, rollup, temporary, isUpdate });
    // An own file for `require`, because the extension says of which kind the module is.
    copyFileSync(rollup, join(outdir, `${name}.d.cts`));
    return !isUnchanged;
  });
  if (changed.length === 0) return;
  const names = changed.map(([name]) => `build/api/${name}.api.md`).join(', ');
  throw new ChangedSurface(
    `The public surface is not that of ${names}. If that is wanted, run npm run build -- --update-api, and commit the reports.`,
  );
}

/** TypeScript leaves the extension .ts in declarations, which API Extractor does not follow. */
function pointToJavaScript(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/(from '|import\(["'])(\.[^'"]+)\.ts(["'])/g, '$1$2.js$3'));
  }
}

interface RollUpOptions extends Pick<DeclarationOptions, 'temporary' | 'isUpdate'> {
  readonly declarations: string;
  readonly rollup: string;
}

/** @returns whether the public surface is that of the report */
function rollUp(name: string, { declarations, rollup, temporary, isUpdate }: RollUpOptions): boolean {
  const reportTempFolder = join(temporary, 'reports');
  mkdirSync(REPORT_FOLDER, { recursive: true });
  mkdirSync(dirname(rollup), { recursive: true });
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: PROJECT,
      mainEntryPointFilePath: declarations,
      compiler: { overrideTsconfig: toCompilerConfig(declarations) },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: REPORT_FOLDER,
        reportTempFolder,
      },
      dtsRollup: { enabled: true, untrimmedFilePath: rollup },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        extractorMessageReporting: { default: { logLevel: 'none' as never } },
        tsdocMessageReporting: { default: { logLevel: 'none' as never } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(PROJECT, 'package.json'),
  });
  const errors: string[] = [];
  const { apiReportChanged, succeeded } = Extractor.invoke(config, {
    localBuild: isUpdate,
    messageCallback: (message) => collectError(message, errors),
  });
  if (errors.length > 0) throw new Error(`API Extractor rejects the entry ${name}: ${errors.join('; ')}`);
  return isUpdate || (succeeded && !apiReportChanged);
}

/** Everything else that API Extractor says is about its own kinds of comments, or about the report. */
function collectError(message: ExtractorMessage, errors: string[]): void {
  message.handled = true;
  if (message.category === 'Compiler' && message.logLevel === 'error') errors.push(message.text);
}

function toCompilerConfig(declarations: string): object {
  return {
    compilerOptions: {
      module: 'nodenext',
      moduleResolution: 'nodenext',
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: ['node'],
      typeRoots: [join(PROJECT, 'node_modules', '@types')],
      paths: { '*': [join(PROJECT, 'node_modules', '*')] },
      strict: true,
      skipLibCheck: true,
    },
    files: [declarations],
  };
}

import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { TemplateVideo } from '../../infra/index.ts';
import { temporaryFolder } from '../harness/running-service.ts';
import { testApp } from '../harness/synthesized.ts';

const NODE_MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

/** Another copy of `constructs`, as npm installs it where two versions are asked for. */
async function secondConstructs(): Promise<typeof import('constructs')> {
  const folder = await temporaryFolder();
  const copy = join(folder, 'node_modules', 'constructs');
  await cp(join(NODE_MODULES, 'constructs'), copy, { recursive: true });
  return createRequire(join(folder, 'index.js'))('constructs');
}

test('says that constructs is there twice, and how to mend it', async () => {
  const second = await secondConstructs();
  expect(second.Construct).not.toBe(Construct);
  const scope = new second.Construct(new Stack(new App(testApp()), 'Shop') as never, 'Part');
  expect(() => new TemplateVideo(scope as never, 'Videos')).toThrow(
    /^This app has two copies of constructs: .*`npm ls constructs`.*`npm dedupe`\.$/,
  );
  expect(() => TemplateVideo.fromAttributes(scope as never, 'Videos', {} as never)).toThrow(
    'npm ls constructs',
  );
});

/** The CDK once more, with classes of its own, as from another folder. It uses the one copy of `constructs`. */
function secondCdk(): Pick<typeof import('aws-cdk-lib'), 'App' | 'Stack'> {
  const require = createRequire(import.meta.url);
  const { cache } = require;
  const first = Object.entries(cache).filter(([file]) => file.includes('/node_modules/aws-cdk-lib/'));
  for (const [file] of first) delete cache[file];
  try {
    // The package loads a part when it is first read.
    const { App: SecondApp, Stack: SecondStack } = require('aws-cdk-lib');
    return { App: SecondApp, Stack: SecondStack };
  } finally {
    Object.assign(cache, Object.fromEntries(first));
  }
}

test('says that aws-cdk-lib is there twice, and how to mend it', () => {
  const second = secondCdk();
  expect(second.Stack).not.toBe(Stack);
  const stack = new second.Stack(new second.App(testApp()), 'Shop');
  expect(() => new TemplateVideo(stack as never, 'Videos')).toThrow(
    /^This app has two copies of aws-cdk-lib: .*`npm ls aws-cdk-lib`.*`npm dedupe`\.$/,
  );
});

test('leaves a scope that is no construct, or is in no stack, to the CDK', () => {
  expect(() => new TemplateVideo(undefined as never, 'Videos')).not.toThrow('two copies');
  expect(() => new TemplateVideo(new App(testApp()), 'Videos')).toThrow(/Stack/);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { RootConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { OUTPUT_NAMES } from '../../infra/output-names.ts';
import { readSettings } from '../../infra/settings.ts';
import { TemplateVideo } from '../../infra/template-video.ts';
import { testApp } from '../harness/synthesized.ts';
import { firstCellsIn, PROJECT, readPage, sectionOf } from './markdown.ts';

const page = readPage('docs/construct.md');

const firstCellsOf = (heading: string): readonly string[] => firstCellsIn(sectionOf(page, heading));

test('shows each example of the repository, as it is', () => {
  const files = readdirSync(join(PROJECT, 'examples')).filter((file) => file.endsWith('.ts'));
  const shown = page.blocks.filter(({ language }) => language === 'ts').map((block) => `${block.text}\n`);
  expect(shown.sort()).toEqual(
    files.map((file) => readFileSync(join(PROJECT, 'examples', file), 'utf8')).sort(),
  );
});

test('lists every setting with its default', () => {
  const listed = [...sectionOf(page, 'Settings').matchAll(/^\| `(\w+)` \| `?([^`|]*?)`? \|/gm)];
  expect(listed.map(([, name, value]) => [name, value?.trim()])).toEqual(
    Object.entries(readSettings(new RootConstruct().node)).map(([name, value]) => [
      name,
      String(value ?? 'none') || 'empty',
    ]),
  );
});

test('lists every property that is no setting', () => {
  const source = readFileSync(join(PROJECT, 'infra', 'template-video-props.ts'), 'utf8');
  const network = readFileSync(join(PROJECT, 'infra', 'function-network.ts'), 'utf8');
  const [, own = ''] = /interface TemplateVideoProps[\s\S]*?\{\n([\s\S]*)\n\}/.exec(source) ?? [];
  const [, ofNetwork = ''] = /interface FunctionNetwork[^{]*\{\n([\s\S]*?)\n\}/.exec(network) ?? [];
  const names = [...`${own}\n${ofNetwork}`.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  const withUnits = ['firstWait', 'pollInterval', 'giveUpAfter', 'retention', 'maxVideoSize'];
  expect([...firstCellsOf('Properties'), ...withUnits].sort()).toEqual(names.sort());
  for (const name of withUnits) expect(sectionOf(page, 'Properties')).toContain(`\`${name}\``);
});

test('lists members that the construct has', () => {
  const videos = new TemplateVideo(new Stack(new App(testApp()), 'Shop'), 'Videos', { auth: 'key' });
  const listed = firstCellsOf('Members');
  expect(listed.length).toBeGreaterThan(15);
  for (const name of listed) expect(videos, name).toHaveProperty(name);
});

test('lists every member that a service has, also one of another app', () => {
  const source = readFileSync(join(PROJECT, 'infra', 'template-video-base.ts'), 'utf8');
  const [, members = ''] = /export interface ITemplateVideo [^{]*\{\n([\s\S]*?)\n\}/.exec(source) ?? [];
  const names = [...members.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(firstCellsOf('Members')).toEqual(expect.arrayContaining(names));
  const attributes = readFileSync(join(PROJECT, 'infra', 'imported-template-video.ts'), 'utf8');
  const [, given = ''] =
    /export interface TemplateVideoAttributes [^{]*\{\n([\s\S]*?)\n\}/.exec(attributes) ?? [];
  const attributeNames = [...given.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
  expect(firstCellsOf('A service of another app')).toEqual(attributeNames);
});

test('lists every output of a stack', () => {
  const listed = [
    ...sectionOf(page, 'What is kept, updated and charged').matchAll(/^\| [^|]+ \| (`[^|]*`) \|/gm),
  ];
  const names = listed.flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(names.sort()).toEqual([...OUTPUT_NAMES].sort());
});

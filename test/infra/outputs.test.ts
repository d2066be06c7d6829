import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { TemplateVideo } from '../../infra/index.ts';
import { OUTPUT_NAMES } from '../../infra/output-names.ts';
import { appWith, templateOf, testApp } from '../harness/synthesized.ts';

function keysOf(stack: Stack): readonly string[] {
  return Object.keys(Template.fromStack(stack).toJSON().Outputs ?? {});
}

test('writes in any stack what the own stack writes, behind the path of the construct', () => {
  const stack = new Stack(new App(testApp()), 'Shop');
  new TemplateVideo(stack, 'Videos', { auth: 'key', visibility: 'everyone', listedMetadata: ['order'] });
  const given = Template.fromStack(stack).toJSON().Outputs;
  expect(Object.keys(given)).toEqual(OUTPUT_NAMES.map((name) => `Videos${name}`));
  expect(given.VideosListRules.Value).toBe('{"visibility":"everyone","listedMetadata":["order"]}');
  const ownStack = templateOf(appWith({ context: { auth: 'key' } })).toJSON().Outputs;
  expect(Object.keys(ownStack)).toEqual(OUTPUT_NAMES);
  for (const name of OUTPUT_NAMES)
    expect(given[`Videos${name}`].Description).toBe(ownStack[name].Description);
});

test('has outputs of each of several services, in the stack of the service', () => {
  const stack = new Stack(new App(testApp()), 'Shop');
  const nested = new NestedStack(stack, 'Inner');
  new TemplateVideo(stack, 'Videos', { api: false });
  new TemplateVideo(new Construct(stack, 'Press-Office'), 'Drafts_1', { api: false });
  new TemplateVideo(nested, 'Videos', { api: false });
  const machines = keysOf(stack).filter((key) => key.endsWith('StateMachineArn'));
  expect(machines.toSorted()).toEqual(['PressOfficeDrafts1StateMachineArn', 'VideosStateMachineArn']);
  expect(keysOf(nested)).toContain('VideosStateMachineArn');
});

test('has no outputs with outputs: false', () => {
  const stack = new Stack(new App(testApp()), 'Shop');
  new TemplateVideo(stack, 'Videos', { outputs: false });
  expect(keysOf(stack)).toEqual([]);
});

test('leaves out what a service does not have', () => {
  const stack = new Stack(new App(testApp()), 'Shop');
  new TemplateVideo(stack, 'Videos', { api: false, monitoring: 'off' });
  expect(keysOf(stack)).toEqual([
    'VideosStateMachineArn',
    'VideosVideoBucket',
    'VideosVideoTable',
    'VideosListRules',
  ]);
});

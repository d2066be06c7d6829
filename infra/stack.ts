import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addOutputs } from './outputs.ts';
import { toProps } from './read-props.ts';
import { readSettings, readStackName } from './settings.ts';
import { TemplateVideo } from './template-video.ts';

/** The whole app, ready to be synthesized. @throws InvalidSetting */
export function createApp(props: AppProps = {}): App {
  const app = new App(props);
  new TemplateVideoStack(app, 'TemplateVideo', {
    stackName: readStackName(app.node),
    description: 'Videos from MiniMax templates, submitted, awaited and stored by Step Functions',
  });
  return app;
}

/** Template Video as one stack of its own, with the settings of the context. */
export class TemplateVideoStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const settings = readSettings(this.node);
    const service = new TemplateVideo(this, 'TemplateVideo', { ...toProps(settings), outputs: false });
    addOutputs(this, '', service, settings);
  }
}

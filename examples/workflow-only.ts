import { Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { TemplateVideo } from 'template-video';

/** A pipeline without HTTPS: an event of its own asks for a video, and a queue hears of each that is ready. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { workflow } = new TemplateVideo(this, 'Videos', { api: false });
    const wanted = { source: ['catalogue'], detailType: ['Video Wanted'] };
    const ready = { source: ['template-video'], detailType: ['Video Ready'] };
    const start = new SfnStateMachine(workflow.stateMachine, {
      input: RuleTargetInput.fromEventPath('$.detail'),
    });
    const readyVideos = new Queue(this, 'ReadyVideos', { enforceSSL: true });
    new Rule(this, 'Wanted', { eventPattern: wanted, targets: [start] });
    new Rule(this, 'Ready', { eventPattern: ready, targets: [new SqsQueue(readyVideos)] });
  }
}

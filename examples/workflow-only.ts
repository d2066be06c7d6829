import { Stack, type StackProps } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { TemplateVideo } from 'template-video';

/**
 * A pipeline without HTTPS. Its own tasks start one execution for each order, named after the order's number. Step Functions accepts a
 * name once, so that no order is paid for twice. A queue receives an event for each video that is ready.
 */
export class PipelineStack extends Stack {
  readonly orders: Role;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const videos = new TemplateVideo(this, 'Videos', { api: false });
    this.orders = new Role(this, 'Orders', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    videos.stateMachine.grantStartExecution(this.orders);
    const queue = new Queue(this, 'ReadyVideos', { enforceSSL: true });
    const deadLetterQueue = new Queue(this, 'UndeliveredEvents', { enforceSSL: true });
    videos.onSucceeded('Ready', { target: new SqsQueue(queue, { deadLetterQueue }) });
  }
}

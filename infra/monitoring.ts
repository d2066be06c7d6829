import { Stack } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { createAlarms } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import type { MonitoredService } from './metrics.ts';
import { acknowledgeFindings } from './nag.ts';

export interface MonitoringProps {
  readonly service: MonitoredService;
  /** The topic of the alarms. @default a topic of its own */
  readonly topic?: ITopic;
  /** An address that subscribes to the topic. @default none */
  readonly email?: string;
}

/** One dashboard, and the alarms with their topic. */
export class Monitoring extends Construct {
  readonly topic: ITopic;
  readonly dashboard: Dashboard;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, { service, topic, email }: MonitoringProps) {
    super(scope, id);
    this.topic = topic ?? this.ownTopic();
    this.alarms = createAlarms(this, service);
    this.dashboard = createDashboard(this, service, this.alarms);
    for (const alarm of this.alarms) alarm.addAlarmAction(new SnsAction(this.topic));
    if (email === undefined) return;
    const subscription = this.topic.addSubscription(new EmailSubscription(email));
    acknowledgeFindings(subscription, {
      'Serverless-SNSRedrivePolicy': 'CloudWatch keeps the state of an alarm whose email was not delivered.',
    });
  }

  private ownTopic(): Topic {
    const topic = new Topic(this, 'Alarms', { enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return topic;
  }
}

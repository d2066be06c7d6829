import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, type VideoEvent } from '../../core/completion/video-event.ts';

export interface EventBus {
  /** @throws Error of the SDK, or `EventRejected` where EventBridge accepted the call but not the event */
  put(event: VideoEvent): Promise<void>;
}

export interface EventBusConfig {
  /** The name or the ARN of a bus. */
  readonly eventBusName: string;
  /** The resource of each event: several services may share a bus, and their rules tell the events apart by it. */
  readonly stateMachineArn: string;
}

export function createEventBus(
  { eventBusName, stateMachineArn }: EventBusConfig,
  client = new EventBridgeClient(),
): EventBus {
  return {
    async put({ detailType, detail }) {
      const entry = {
        EventBusName: eventBusName,
        Source: EVENT_SOURCE,
        DetailType: detailType,
        Resources: [stateMachineArn],
        Detail: JSON.stringify(detail),
      };
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
      const rejected = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (rejected === undefined) return;
      const why = `EventBridge rejected the event: ${rejected.ErrorCode} ${rejected.ErrorMessage ?? ''}`;
      throw Object.assign(new Error(why.trim()), { name: 'EventRejected' });
    },
  };
}

import { FAILURES, type FailureMeaning, type MoneySpent, type RetryKind } from '../failure.ts';
import { plain } from '../text/plain.ts';
import type { FailureAnalysis } from './classify.ts';
import { toFailureName } from './failure-name.ts';

/** What a failure costs, and what to do about it. */
export interface CostAssessment {
  readonly moneySpent: MoneySpent;
  /** One sentence. */
  readonly cost: string;
  readonly advice: string;
  readonly retry: RetryKind;
}

const COST: Readonly<Record<MoneySpent, string>> = {
  no: 'No money was spent.',
  maybe: 'Money may have been spent.',
  yes: 'The task is paid for.',
};

/** A second request would pay twice for one video. */
const ADOPT_INSTEAD = 'Adopt the task later. Do not send the request again.';
const READ_THE_LOG = 'Adopt the task. If the step fails again, read its log. Do not send the request again.';
const ADOPTION_IS_FREE = 'This adoption cost nothing.';
const CHECK_THE_ACCOUNT =
  'and check that the key and the host belong to the account that made the task. Do not send the request of this task again because of this error.';

/** Once there is a task of its own, a failure is never assessed as free. */
export function assessCost(failure: FailureAnalysis): CostAssessment {
  const { name, error, task, taskId, check } = failure;
  const {
    moneySpent,
    advice,
    adviceWithTask,
    retry,
    retryWithTask = 'adopt',
  }: FailureMeaning = FAILURES[name];
  if (task === undefined || isForeign(failure)) return { moneySpent, cost: COST[moneySpent], advice, retry };
  const isUnknownToMiniMax = name === 'InvalidRequest' && task.adopted && check === undefined;
  if (isUnknownToMiniMax) {
    const checkTheId = `Check the id "${plain(taskId ?? '')}", ${CHECK_THE_ACCOUNT}`;
    return { moneySpent: 'no', cost: ADOPTION_IS_FREE, advice: checkTheId, retry: 'never' };
  }
  // Only a task that exists at MiniMax was certainly charged.
  if (task.unconfirmed === true)
    return {
      moneySpent: 'maybe',
      cost: COST.maybe,
      advice: FAILURES.SubmitOutcomeUnknown.advice,
      retry: 'adopt',
    };
  const isOurName = toFailureName(error.Error) !== undefined;
  const ownAdvice = adviceWithTask ?? (moneySpent === 'no' ? ADOPT_INSTEAD : advice);
  const spent = moneySpent === 'no' ? spentOn(failure) : moneySpent;
  return {
    moneySpent: spent,
    cost: COST[spent],
    advice: isOurName ? ownAdvice : READ_THE_LOG,
    retry: retryWithTask,
  };
}

/** Without a task of its own, it has found another execution's document instead of a claim, and has sent nothing. */
function isForeign({ name, task, check }: FailureAnalysis): boolean {
  return name === 'VideoExistsAlready' && task?.adopted !== false && check === undefined;
}

function spentOn({ check }: FailureAnalysis): MoneySpent {
  return check?.status === 'succeeded' ? 'yes' : 'maybe';
}

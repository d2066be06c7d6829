import type { CreateBehaviour, ProblemError, QueryBehaviour, Reply } from './scenario.ts';

/** The behaviour of this turn. The last one is repeated. */
export function inTurn<Behaviour>(behaviours: readonly Behaviour[], turn: number): Behaviour {
  const behaviour = behaviours[Math.min(turn, behaviours.length - 1)];
  if (behaviour === undefined) throw new Error('A scenario needs at least one behaviour.');
  return behaviour;
}

export function rejectionIn(behaviour: CreateBehaviour): ProblemError | undefined {
  return typeof behaviour === 'object' && !('reply' in behaviour) ? behaviour : undefined;
}

export function replyIn(behaviour: CreateBehaviour): Reply | undefined {
  return typeof behaviour === 'object' && 'reply' in behaviour ? behaviour : undefined;
}

export function isRejection(behaviour: QueryBehaviour): behaviour is ProblemError {
  if (typeof behaviour === 'string') return false;
  return (
    'httpStatus' in behaviour || ('code' in behaviour && !('reply' in behaviour || 'status' in behaviour))
  );
}

import { UsageError } from '../local/user-error.ts';

/** For the error of a server that was to listen at a port. @throws UsageError where another program has the port, and otherwise the error */
export function takenPort(port: number): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${port} is taken; choose another with --port.`);
  };
}

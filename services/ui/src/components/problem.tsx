import type { ApiProblem } from '../lib/http.ts';

interface ProblemProps {
  /** null: nothing is shown. */
  readonly problem: ApiProblem | null;
  readonly onAgain?: () => void;
}

/** What the server had to say in the place of an answer. */
export function ProblemNote({ problem, onAgain }: ProblemProps) {
  if (problem === null) return null;
  return (
    <div class="problem" role="alert">
      <p>{problem.message}</p>
      {problem.fields.length > 0 && (
        <ul>
          {problem.fields.map(field => (
            <li key={field}>{field}</li>
          ))}
        </ul>
      )}
      {onAgain && (
        <button type="button" onClick={onAgain}>
          Try again
        </button>
      )}
    </div>
  );
}

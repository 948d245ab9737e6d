import { findSharedGroups, type GroupMember } from '../core/consumer-groups.ts';
import type { Mapping } from '../core/mapping.ts';
import type { MappingProblem } from '../core/mapping-problem.ts';
import { describeError, type Log } from '../log.ts';
import { reportProblems } from '../report-problems.ts';
import type { RunningMapping } from '../running-mapping.ts';
import type { PollerStats } from '../stats.ts';
import type { Deployments } from './deployed-stacks.ts';

export interface FollowDeps {
  discover(): Promise<Deployments>;
  start(mapping: Mapping): RunningMapping;
  log: Log;
  intervalMs: number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Keeps what is polled like what is deployed: a new mapping starts, one that was changed goes on with its new settings
 * from its committed offsets, one that was removed or disabled ends. While the deployment cannot be read, or a stack is
 * being changed, everything stays as it was.
 */
export class DeploymentFollower {
  readonly #deps: FollowDeps;
  readonly #followed = new Map<string, Followed>();
  #reported = new Set<string>();
  #missing: readonly string[] = [];
  #isReachable = true;

  constructor(deps: FollowDeps) {
    this.#deps = deps;
  }

  stats(): PollerStats[] {
    return [...this.#followed.values()].flatMap(({ running }) => running?.stats() ?? []);
  }

  /** Follows until `signal` aborts, then stops everything. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await this.#deps.sleep(this.#deps.intervalMs, signal);
    }
    await Promise.all([...this.#followed.keys()].map((key) => this.#end(key)));
  }

  async #look(): Promise<void> {
    let deployments: Deployments;
    try {
      deployments = await this.#deps.discover();
    } catch (error) {
      if (this.#isReachable) this.#deps.log('warn', 'deployment not readable', describeError(error));
      this.#isReachable = false;
      return;
    }
    if (!this.#isReachable) this.#deps.log('info', 'deployment readable again');
    this.#isReachable = true;
    await this.#apply(deployments);
  }

  async #apply({ stacks, changing, missing }: Deployments): Promise<void> {
    for (const stack of missing.filter((name) => !this.#missing.includes(name)))
      this.#deps.log('warn', 'no such stack yet: its mappings start when it is deployed', { stack });
    this.#missing = missing;
    const staying = [...this.#followed.values()].filter(({ stack }) => changing.includes(stack));
    const deployed = stacks.flatMap(({ name: stack, mappings }) =>
      mappings.map((mapping) => ({ name: `${stack}/${mapping.id}`, stack, mapping })),
    );
    const { sole, problems } = findSharedGroups([...staying, ...deployed]);
    this.#report([...stacks.flatMap((stack) => stack.problems), ...problems]);
    const wanted = new Map(sole.filter(({ mapping }) => mapping.isEnabled).map((member) => [member.name, member]));
    const outdated = [...this.#followed].filter(([name, { mapping }]) => {
      const member = wanted.get(name);
      return member === undefined || describe(member.mapping) !== describe(mapping);
    });
    await Promise.all(outdated.map(([name]) => this.#end(name)));
    for (const [name, member] of wanted) if (!this.#followed.has(name)) this.#begin(member);
  }

  #begin(member: DeployedMapping): void {
    const { name, stack, mapping } = member;
    const followed: Followed = { ...member, running: undefined };
    // Also without brokers it is remembered, so that it is complained of once.
    this.#followed.set(name, followed);
    try {
      followed.running = this.#deps.start(mapping);
    } catch (error) {
      this.#deps.log('error', 'mapping not started', { mapping: mapping.id, stack, ...describeError(error) });
    }
  }

  async #end(name: string): Promise<void> {
    const followed = this.#followed.get(name);
    this.#deps.log('info', 'mapping ends', { mapping: followed?.mapping.id, stack: followed?.stack });
    await followed?.running?.stop();
    this.#followed.delete(name);
  }

  /** Each problem once, and again only after it was gone. */
  #report(problems: readonly MappingProblem[]): void {
    reportProblems(
      problems.filter((problem) => !this.#reported.has(JSON.stringify(problem))),
      this.#deps.log,
    );
    this.#reported = new Set(problems.map((problem) => JSON.stringify(problem)));
  }
}

/** A mapping; its name is that of its stack and its own. */
interface DeployedMapping extends GroupMember {
  stack: string;
}

interface Followed extends DeployedMapping {
  running: RunningMapping | undefined;
}

/** Infinity is null in JSON, and no setting is null. */
function describe(mapping: Mapping): string {
  return JSON.stringify(mapping);
}

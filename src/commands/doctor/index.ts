/**
 * `devtop doctor`: walks the road to a device step by step, and says what fails and what to do. It is the road that
 * devtop itself takes, watched (`onStep`); behind it is tried what a session builds on. It only reads, and records nothing.
 */
import {readdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {type Failure, isFailure, type Road, type Transport} from '../../domain/channel.ts';
import type {Examination, Identity} from '../../domain/fact.ts';
import {everything} from '../../domain/source.ts';
import type {Step} from '../../domain/step.ts';
import {clean} from '../../domain/text.ts';
import {shortUuid} from '../../domain/uuid.ts';
import type {Connection, Wire} from '../../session/connection.ts';
import {meet} from '../../session/meet.ts';
import {doctorLook} from '../../sources/doctor.ts';
import {identity as identitySource} from '../../sources/identity.ts';
import {type Around, causeOf} from './causes.ts';
import {judged} from './judge.ts';
import {otherPort} from './other-port.ts';
import {channelLines, shellLines} from './probe.ts';
import {goingOn, type Look, lineText, summary, TAKEN_BACK} from './told.ts';
import {broken, type Grade, type Line, limit, type Trouble, well, worstOf} from './trouble.ts';

export type Walk = {
	/** What is in effect of the configuration. */
	readonly configuration: string;
	/**
	 * The road, and who has to answer there (null: anyone).
	 *
	 * @param note told what stops nothing.
	 */
	readonly road: (
		note: (text: string) => void,
	) => Promise<{readonly road: Road; readonly uuid: string | null} | Failure>;
	readonly wire: Wire;
	/** For tests: how long a written line has to come back. */
	readonly echoMs?: number;
	readonly onLine: (line: Line) => void;
	/** A step begins. */
	readonly onBegin: (title: string) => void;
};

/** Private keys in the operator's own place. */
function keysAtHome(): readonly string[] {
	const folder = join(homedir(), '.ssh');
	try {
		const names = new Set(readdirSync(folder));
		return [...names].filter(name => names.has(`${name}.pub`)).map(name => join(folder, name));
	} catch {
		return [];
	}
}

/** Walks; resolves to all lines. */
export async function walk({
	configuration,
	road: roadOf,
	wire,
	echoMs,
	onLine,
	onBegin,
}: Walk): Promise<readonly Line[]> {
	const lines: Line[] = [];
	const tell = (...found: readonly Line[]): void => {
		for (const line of found) {
			lines.push(line);
			onLine(line);
		}
	};
	const note = (text: string): void =>
		tell(limit({id: 'note', title: 'note', ms: null}, text, {case: 'note', wrong: text, todo: ''}));
	const timed = async <Value>(title: string, act: () => Promise<Value>): Promise<readonly [Value, number]> => {
		onBegin(title);
		const began = performance.now();
		return [await act(), performance.now() - began];
	};

	tell(well('configuration', 'configuration', null, configuration));
	const [found, roadMs] = await timed('road', () => roadOf(note));
	if (isFailure(found)) {
		const trouble = causeOf(found, {step: 'road', place: null, other: null, unoffered: []});
		tell(broken({id: 'road', title: 'road', ms: roadMs}, found.message, trouble));
		return lines;
	}
	const {road, uuid} = found;
	tell(well('road', 'road', roadMs, `${road.name} to ${road.target}`));

	const transport = await connected(road, tell, onBegin);
	if (transport === null) return lines;
	try {
		await onDevice(transport, road);
	} finally {
		await transport.close();
	}
	return lines;

	async function onDevice(transport: Transport, road: Road): Promise<void> {
		const [shell, shellMs] = await timed('shell', () => shellLines(transport, wire));
		if (isFailure(shell)) {
			const {message} = shell;
			tell(broken({id: 'shell', title: 'shell', ms: shellMs}, message, {case: 'no-channel', wrong: message, todo: ''}));
			return;
		}
		tell(...shell);
		if (worstOf(shell) === 'broken') return;
		onBegin('stdin');
		const channels = await channelLines(transport, wire, echoMs);
		tell(...channels);

		const asked = Date.now();
		let next = 0;
		const [met, metMs] = await timed('device', () =>
			meet({
				transport,
				road,
				wire,
				source: identitySource,
				scope: everything,
				before: null,
				expected: uuid,
				emit: () => {},
				nextChannel: () => ++next,
			}),
		);
		const middle = (asked + Date.now()) / 2;
		if (isFailure(met)) {
			const trouble = causeOf(met, {step: 'device', place: null, other: null, unoffered: []});
			tell(broken({id: 'device', title: 'device', ms: metMs}, met.message, trouble));
			return;
		}
		tell(well('device', 'device', metMs, named(met.identity)));
		const [examination, lookMs] = await timed('systemd', () => examined(met.connection));
		if (examination !== null) tell(...judged(met.identity, examination, middle, lookMs));
		else
			tell(
				limit({id: 'systemd', title: 'systemd', ms: lookMs}, 'the device did not say in time what there is', {
					case: 'no-answer',
					wrong: 'The device answers, but too slowly to be looked at.',
					todo: 'Look again later; look at its load.',
				}),
			);
		const roundTrip = transport.roundTripMs();
		if (roundTrip !== null) tell(well('round-trip', 'round trip', roundTrip, 'to the device and back'));
	}
}

const named = ({hostname, uuid, os}: Identity): string =>
	`${hostname}${uuid === null ? '' : ` ${shortUuid(uuid)}`}, ${os}`;

async function examined(connection: Connection): Promise<Examination | null> {
	let found: Examination | null = null;
	await connection.once(
		doctorLook,
		{scope: everything},
		{
			tap: unit => {
				for (const fact of doctorLook.read(unit)) if (fact.kind === 'examined') found = fact.examination;
			},
		},
	);
	return found;
}

/** A step that failed, and may not be the last one. */
type Failed = {readonly step: Step; readonly ms: number; readonly failed: Failure};

/** Goes the road. What failed before another way was tried is a limit. */
async function connected(
	road: Road,
	tell: (...lines: Line[]) => void,
	onBegin: (title: string) => void,
): Promise<Transport | null> {
	const began = performance.now();
	const failures: Failed[] = [];
	const tellFailed = ({step, ms, failed}: Failed, grade: Grade, other: Around['other']): void =>
		tell({
			id: step.id,
			title: step.title,
			ms,
			grade,
			text: failed.message,
			trouble: troubleOf(failed, step, other),
		});
	const onStep = (step: Step): void => {
		if (step.end === null) {
			for (const before of failures.splice(0)) tellFailed(before, 'limit', null);
			onBegin(step.title);
			return;
		}
		const {found, ms} = step.end;
		if (isFailure(found)) failures.push({step, ms, failed: found});
		else tell(well(step.id, step.title, ms, found));
	};
	const transport = await road.connect(new AbortController().signal, onStep);
	const grade = isFailure(transport) ? 'broken' : 'limit';
	const told = failures.length > 0;
	for (const last of failures.splice(0)) tellFailed(last, grade, await otherOf(last));
	if (!isFailure(transport)) return transport;
	// A road that does not tell its steps, or that failed between two of them.
	if (!told)
		tell(
			broken(
				{id: 'connect', title: 'connection', ms: performance.now() - began},
				transport.message,
				troubleOf(transport, null, null),
			),
		);
	return null;
}

const otherOf = async ({step: {id, at}, failed: {code, cause}}: Failed): Promise<Around['other']> =>
	at !== null && (cause === 'not-ssh' || (/^(?:tcp|openssh)$/.test(id) && /^(?:refused|timeout)$/.test(code)))
		? await otherPort(at)
		: null;

const troubleOf = (failed: Failure, step: Step | null, other: Around['other']): Trouble =>
	causeOf(failed, {
		step: step?.id ?? null,
		place: step?.at ?? null,
		other,
		unoffered: keysAtHome().filter(file => !failed.message.includes(file)),
	});

const EXIT: Record<Grade, number> = {well: 0, limit: 1, broken: 2};

/** Walks and tells it on stdout. Resolves to the exit code. */
export async function doctor(
	options: Omit<Walk, 'onLine' | 'onBegin'> & {
		readonly json: boolean;
		/** Cuts secrets. */
		readonly cut: (text: string) => string;
		/** Given what takes back the step that goes on, for questions on the same terminal. */
		readonly onQuestion: (quiet: () => void) => void;
	},
	write: (text: string) => void,
	look: Look,
): Promise<number> {
	const {json, cut} = options;
	let pending = false;
	const takeBack = (): void => {
		if (pending) write(TAKEN_BACK);
		pending = false;
	};
	options.onQuestion(takeBack);
	const safe = (line: Line): Line => {
		const said = (text: string): string => clean(cut(text));
		const {ms, text, trouble} = line;
		return {
			...line,
			ms: ms === null ? null : Math.round(ms),
			text: said(text),
			trouble: trouble === null ? null : {...trouble, wrong: said(trouble.wrong), todo: said(trouble.todo)},
		};
	};
	const lines = (
		await walk({
			...options,
			onBegin: title => {
				takeBack();
				if (json || !look.lively) return;
				write(goingOn(title));
				pending = true;
			},
			onLine: line => {
				takeBack();
				if (!json) write(lineText(safe(line), look));
			},
		})
	).map(safe);
	takeBack();
	const worst = worstOf(lines);
	write(json ? `${JSON.stringify({verdict: worst, steps: lines})}\n` : summary(lines, look));
	return EXIT[worst];
}

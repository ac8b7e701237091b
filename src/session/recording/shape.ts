/** Is it a frame? A line of a recording can be JSON and none all the same: one byte is enough, and so is another program. */
import type {Exit} from '../../domain/channel.ts';
import type {Entry, Field} from '../../domain/entry.ts';
import type {Worst} from '../../domain/finding.ts';
import {type Frame, type FrameBody, VERSION} from '../../domain/frame.ts';
import type {Left, LeftContainer, LeftDisk, LeftUnit} from '../../domain/left.ts';
import type {LinkState} from '../../domain/link.ts';
import type {Scope, SourceId, Unit} from '../../domain/source.ts';
import {isAction, isConsent, isProof, isRisk, isSubject, isVerdict} from './guard-shape.ts';
import {
	areTexts,
	type Is,
	isCount,
	isElapsed,
	isFlag,
	isKindOf,
	isListOf,
	isMoment,
	isNumber,
	isOf,
	isOneOf,
	isOptional,
	isOrNull,
	isText,
	isTexts,
	type Kinds,
} from './is.ts';

const isField: Is<Field> = (field): field is Field =>
	Array.isArray(field) &&
	field.length === 2 &&
	isText(field[0]) &&
	(isText(field[1]) || field[1] instanceof Uint8Array);

const isEntry: Is<Entry> = (entry): entry is Entry => Array.isArray(entry) && entry.every(isField);

const isUnit: Is<Unit> = isKindOf<Unit, 'kind'>('kind', {
	entry: {entry: isEntry},
	line: {text: isText},
	block: {tick: isNumber, text: isText},
});

const isScope: Is<Scope> = isOf<Scope>({
	units: areTexts,
	identifiers: areTexts,
	watch: areTexts,
	priority: isOrNull(isText),
	since: isOrNull(isText),
	lines: isCount,
	metered: isOptional(isFlag),
	outputFields: isFlag,
});

const isLink: Is<LinkState> = isKindOf<LinkState, 'kind'>('kind', {
	connecting: {
		attempt: isCount,
		stage: isOptional(isOneOf({resolving: true, connecting: true, authenticating: true})),
	},
	live: {since: isMoment, road: isOptional(isText)},
	waiting: {attempt: isCount, next: isMoment, why: isText},
	refused: {why: isText},
	closed: {},
});

const isExit: Is<Exit> = isKindOf<Exit, 'kind'>('kind', {
	exited: {code: isNumber},
	truncated: {},
	lost: {why: isText},
});

const isWorst: Is<Worst> = isOf<Worst>({
	severity: isOneOf({error: true, warning: true, none: true, unknown: true}),
	text: isText,
});

const isLeft: Is<Left> = isOf<Left>({
	at: isMoment,
	bootId: isText,
	versions: isTexts,
	units: isListOf(
		isOf<LeftUnit>({name: isText, text: isText, restarts: isOrNull(isNumber), invocationId: isOrNull(isText)}),
	),
	containers: isOrNull(
		isListOf(isOf<LeftContainer>({name: isText, image: isText, state: isText, restarts: isNumber, startedAt: isText})),
	),
	disk: isOrNull(isOf<LeftDisk>({mount: isText, usedKb: isNumber, availableKb: isNumber})),
	todos: areTexts,
});

const about = {id: isCount, action: isAction, title: isText, subject: isSubject};
const remark = {
	text: isText,
	pane: isOptional(isText),
	cursor: isOptional(isText),
	deviceMs: isOptional(isNumber),
};

/** The fields of each kind of frame. One that is added to domain/frame.ts does not compile before it stands here. */
const FRAMES: Kinds<FrameBody, 't'> = {
	header: {
		version: isNumber,
		program: isText,
		target: isText,
		road: isText,
		scope: isScope,
		ticket: isOptional(isText),
	},
	link: {link: isLink},
	open: {
		ch: isCount,
		// A newer devtop asks more than this one.
		source: isText as Is<SourceId>,
		argv: areTexts,
		token: isText,
		place: isOptional(isOneOf({history: true, live: true, older: true})),
		for: isOptional(isCount),
	},
	ran: {
		id: isCount,
		ch: isCount,
		step: isCount,
		argv: areTexts,
		token: isText,
		terminal: isOptional((value): value is true => value === true),
	},
	in: {ch: isCount, text: isText},
	out: {ch: isCount, unit: isUnit},
	err: {ch: isCount, text: isText},
	exit: {ch: isCount, exit: isExit, rest: isOptional(isText)},
	tick: {received: isCount, sent: isCount, roundTripMs: isOrNull(isNumber)},
	mark: remark,
	note: remark,
	todo: remark,
	snooze: {key: isText, text: isText},
	ask: {...about, request: isOptional(isText)},
	consent: {consent: isConsent},
	disarm: {why: isText},
	granted: {
		...about,
		consent: isCount,
		risk: isRisk,
		confirmed: isOneOf({yes: true, typed: true}),
		basis: isText,
		steps: isListOf(areTexts),
		undo: isOptional(areTexts),
	},
	refused: {...about, why: isText},
	proof: {id: isCount, proof: isProof},
	verdict: {id: isCount, verdict: isVerdict},
	earlier: {left: isLeft, ticket: isOptional(isText)},
	fetch: {scope: isScope, held: isFlag},
	notice: {text: isText},
	pause: {reason: isText},
	resume: {},
	redacted: {rule: isText, count: isCount},
	bye: {lines: isCount, worst: isOptional(isWorst), left: isOptional(isLeft)},
};

// A kind that is not known is a frame: it is passed over by who does not know it.
const isBody: Is<FrameBody> = isKindOf<FrameBody, 't'>('t', FRAMES, true);

/** A newer version's header may look otherwise: it is refused by its number. */
const isNewer = (value: unknown): boolean => {
	const {t, version} = value as {t?: unknown; version?: unknown};
	return t === 'header' && isNumber(version) && version > VERSION;
};

/** Tells a frame from anything else. */
export const isFrame = (value: unknown): value is Frame => {
	if (typeof value !== 'object' || value === null) return false;
	const {at, ms} = value as {at?: unknown; ms?: unknown};
	return isMoment(at) && isElapsed(ms) && (isBody(value) || isNewer(value));
};

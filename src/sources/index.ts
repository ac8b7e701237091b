/** The table of everything that is ever asked of a device. What is not in it is not sent, but through the gate. */
import type {Source, SourceId} from '../domain/source.ts';
import {identity} from './identity.ts';
import {
	anchor,
	journal,
	journalForward,
	journalHistory,
	journalOldBoot,
	journalOlder,
	kernelHistory,
	kernelRing,
	unitHistory,
} from './journal.ts';
import {engine, sampler} from './sampler.ts';

export const sources: Readonly<Record<SourceId, Source>> = {
	identity,
	anchor,
	'journal-history': journalHistory,
	journal,
	'journal-older': journalOlder,
	'journal-old-boot': journalOldBoot,
	'journal-forward': journalForward,
	'unit-history': unitHistory,
	'kernel-history': kernelHistory,
	'kernel-ring': kernelRing,
	sampler,
	engine,
};

/** The table of everything that is ever asked of a device. What is not in it is not sent, but through the gate. */
import type {Source, SourceId} from '../domain/source.ts';
import {entry, entryAfter, entryBefore, unitLines, unitProperties} from './detail.ts';
import {doctorEcho, doctorLook, doctorShell} from './doctor.ts';
import {fileBytes, fileLook} from './file.ts';
import {guardLook} from './guard.ts';
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
	story,
	storySupervisor,
	trouble,
} from './journal.ts';
import {engine, sampler} from './sampler.ts';
import {supervisorLook} from './supervisor.ts';

export const sources: Readonly<Record<SourceId, Source>> = {
	identity,
	anchor,
	'journal-history': journalHistory,
	journal,
	'journal-older': journalOlder,
	'journal-old-boot': journalOldBoot,
	'journal-forward': journalForward,
	trouble,
	entry,
	'entry-before': entryBefore,
	'entry-after': entryAfter,
	'unit-properties': unitProperties,
	'unit-lines': unitLines,
	story,
	'story-supervisor': storySupervisor,
	'kernel-history': kernelHistory,
	'kernel-ring': kernelRing,
	sampler,
	engine,
	'doctor-shell': doctorShell,
	'doctor-echo': doctorEcho,
	'doctor-look': doctorLook,
	'guard-look': guardLook,
	'file-look': fileLook,
	'file-bytes': fileBytes,
	'supervisor-look': supervisorLook,
};

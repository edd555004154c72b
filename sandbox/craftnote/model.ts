/** The records of the Craftnote company. Times are seconds since 1970, as its API has them. */
import type { By } from '../world/model.js';

export interface Company {
  readonly id: string;
  readonly name: string;
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly lastname: string;
  readonly email: string;
  readonly role: 'OWNER' | 'SUPERVISOR' | 'EMPLOYEE';
}

export interface ProjectStatus {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface Contact {
  readonly name: string;
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
}

/** What a client may write to a project besides its name (OpenAPI, `CreateProject`). */
export interface ProjectParts {
  readonly startDate?: number | undefined;
  readonly endDate?: number | undefined;
  readonly orderNumber?: string | undefined;
  readonly street?: string | undefined;
  readonly zipcode?: string | undefined;
  readonly city?: string | undefined;
  readonly country?: string | undefined;
  readonly clientName?: string | undefined;
  readonly clientEmail?: string | undefined;
  readonly clientPhone?: string | undefined;
  readonly billingName?: string | undefined;
  readonly billingStreet?: string | undefined;
  readonly billingZipcode?: string | undefined;
  readonly billingCity?: string | undefined;
  readonly billingCountry?: string | undefined;
  readonly billingEmail?: string | undefined;
  readonly contacts?: readonly Contact[] | undefined;
  readonly noteContent?: string | undefined;
  readonly statusId?: string | undefined;
  readonly parentProject?: string | undefined;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly projectType: 'FOLDER' | 'PROJECT';
  readonly archived: boolean;
  readonly parts: ProjectParts;
  readonly creationDate: number;
  /** ISO time of the last change, for the people's side only: the API has none. */
  readonly changedAt: string;
  readonly madeBy: By;
}

export interface Task {
  readonly id: string;
  readonly projectId: string;
  readonly title: string;
  readonly description: string | null;
  readonly assigneeId: string | null;
  readonly creatorId: string;
  readonly lastChangeByUser: string;
  readonly createdTimestamp: number;
  readonly lastEditedTimestamp: number;
  readonly deadlineTimestamp: number | null;
  readonly repeatType: 'NEVER' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly done: boolean;
  readonly isDeleted: boolean;
  readonly changedAt: string;
  readonly madeBy: By;
}

export interface Message {
  readonly id: string;
  readonly projectId: string;
  readonly author: string;
  readonly authorId: string;
  readonly content: string;
  readonly timestamp: number;
  readonly deletedTimestamp: number | null;
}

export const WEBHOOK_EVENTS = [
  'project.created',
  'project.updated',
  'schedule.created',
  'schedule.deleted',
  'task.created',
  'task.updated',
  'trackedTime.created',
  'trackedTime.updated',
  'message.created',
  'file.created',
  'file.updated',
  'file.deleted',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface Webhook {
  readonly id: string;
  readonly event: WebhookEvent;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | null;
}

/** Something that webhooks report. `data` and `previousData` are the resource as the API shows it. */
export interface ResourceEvent {
  readonly event: WebhookEvent;
  readonly resourceId: string;
  readonly data: unknown;
  readonly previousData: unknown;
}

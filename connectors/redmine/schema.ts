/** The parts of Redmine's answers that are used; everything else may change (sources: Redmine). Tried on 5.0. */
import { z } from 'zod';
import { Time } from '../times.js';

const Text = z.string();
const Id = z.int().positive();
const Named = z.object({ id: Id, name: Text });

/** A text; a list where the field takes several values; null or missing where it is empty. */
const CustomValue = z.object({
  id: Id,
  name: Text.catch(''),
  value: z.union([Text, z.array(Text)]).nullish(),
  /** Shown only of fields that take several. */
  multiple: z.boolean().nullish().catch(null),
});

export const Issue = z.object({
  id: Id,
  project: z.object({ id: Id }),
  tracker: z.object({ id: Id, name: Text.catch('') }),
  status: z.object({ id: Id, name: Text, is_closed: z.boolean().nullish().catch(null) }),
  priority: z.object({ id: Id }).nullish().catch(null),
  author: z.object({ id: Id }).nullish().catch(null),
  parent: z.object({ id: Id }).nullish().catch(null),
  description: Text.nullish(),
  custom_fields: z.array(CustomValue).default([]),
  created_on: Time,
  updated_on: Time,
});
export type Issue = z.infer<typeof Issue>;

/** Issues are read entry by entry, so that a broken one does not void the others. */
export const IssueList = z.object({ issues: z.array(z.unknown()) });
export const IssueAnswer = z.object({ issue: z.unknown() });

export const JournalsAnswer = z.object({
  issue: z.object({ journals: z.array(z.object({ notes: Text.nullish() })) }),
});

/** `/users/current.json` also shows the key itself (`api_key`): it is never read and never kept. */
export const CurrentUser = z.object({
  user: z.object({
    id: Id,
    login: Text.catch(''),
    admin: z.boolean().catch(false),
    memberships: z
      .array(z.object({ project: z.object({ id: Id }), roles: z.array(Named) }))
      .nullish()
      .catch(null),
  }),
});
export type CurrentUser = z.infer<typeof CurrentUser>['user'];

export const ProjectAnswer = z.object({
  project: z.object({
    id: Id,
    name: Text,
    identifier: Text.catch(''),
    /** 1 active, 5 closed, 9 archived. */
    status: z.int().catch(1),
    trackers: z.array(Named).nullish().catch(null),
    /** Only those that are not for all projects. */
    issue_custom_fields: z.array(Named).nullish().catch(null),
    enabled_modules: z
      .array(z.object({ name: Text }))
      .nullish()
      .catch(null),
  }),
});
export type Project = z.infer<typeof ProjectAnswer>['project'];

export const TrackerList = z.object({
  trackers: z.array(
    z.object({
      id: Id,
      name: Text,
      /** Since Redmine 5.0. */
      enabled_standard_fields: z.array(Text).nullish().catch(null),
    }),
  ),
});
export type Tracker = z.infer<typeof TrackerList>['trackers'][number];

export const StatusList = z.object({
  issue_statuses: z.array(z.object({ id: Id, name: Text, is_closed: z.boolean().nullish().catch(null) })),
});
export type Status = z.infer<typeof StatusList>['issue_statuses'][number];

export const PriorityList = z.object({
  issue_priorities: z.array(
    z.object({ id: Id, name: Text, is_default: z.boolean().catch(false), active: z.boolean().catch(true) }),
  ),
});
export type Priority = z.infer<typeof PriorityList>['issue_priorities'][number];

/** Administrators only. */
export const CustomFieldList = z.object({
  custom_fields: z.array(
    z.object({
      id: Id,
      name: Text,
      customized_type: Text,
      field_format: Text.catch(''),
      regexp: Text.nullish().catch(null),
      min_length: z.int().nullish().catch(null),
      max_length: z.int().nullish().catch(null),
      is_required: z.boolean().catch(false),
      is_filter: z.boolean().catch(false),
      multiple: z.boolean().catch(false),
      default_value: Text.nullish().catch(null),
      trackers: z.array(Named).nullish().catch(null),
    }),
  ),
});
export type CustomField = z.infer<typeof CustomFieldList>['custom_fields'][number];

export const RoleAnswer = z.object({ role: z.object({ id: Id, name: Text, permissions: z.array(Text) }) });
export type Role = z.infer<typeof RoleAnswer>['role'];

/** Every 422 (`errors`); other refusals have no body. */
export const Refusal = z.object({ errors: z.array(Text) });

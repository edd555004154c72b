/** The types of Kitemaker's GraphQL schema (kitemakerhq/km), without descriptions. */
export const TYPES = /* GraphQL */ `
  scalar Date
  scalar JSON

  enum IntegrationType {
    GITHUB
    FIGMA
    TRELLO
    SLACK
    DISCORD
    GITLAB
    ZAPIER
    INTERCOM
    SENTRY
    EMAIL
    VANTA
    LINEAR
  }

  enum StatusType {
    BACKLOG
    TODO
    IN_PROGRESS
    DONE
    ARCHIVED
  }

  enum StatusFilterType {
    INCLUDE
    EXCLUDE
  }

  enum CodeReviewRequestState {
    OPEN
    CLOSED
    MERGED
    LOCKED
  }

  enum RoadmapColumnStatusType {
    PAST
    PRESENT
    FUTURE
  }

  enum ActivityType {
    CREATED
    STATUS_CHANGED
    LABELS_CHANGED
    IMPACT_CHANGED
    EFFORT_CHANGED
    ENTITIES_CHANGED
    MEMBERS_CHANGED
    IMPORTED
    DUPLICATED_TO
    DUPLICATED_FROM
    CREATED_FROM
    MENTIONED
    MENTIONED_IN_INTEGRATION
    HORIZON_CHANGED
    CODE_REVIEW_REQUEST_ADDED
    DEPENDENCY
    TITLE_CHANGED
    TODO_CHANGED
    STALE_ISSUE
    SPACES_CHANGED
    ROADMAPS_CHANGED
  }

  type Organization {
    id: ID!
    name: String!
    slug: String!
    spaces: [Space!]!
    users: [User!]!
    integrations: [Integration!]!
    integrationUsers: [IntegrationUser!]!
    applications: [Application!]!
    updatedAt: Date!
    createdAt: Date!
  }

  type Space {
    id: ID!
    key: String!
    name: String!
    slug: String!
    labels: [Label!]!
    statuses: [Status!]!
    private: Boolean!
    members: [User!]
    updatedAt: Date!
    createdAt: Date!
  }

  type Label {
    id: ID!
    color: String!
    name: String!
    updatedAt: Date!
    createdAt: Date!
  }

  type Status {
    id: ID!
    name: String!
    type: StatusType!
    default: Boolean!
    updatedAt: Date!
    createdAt: Date!
  }

  type User {
    id: ID!
    username: String!
    name: String
    avatar: String
    guest: Boolean!
    deactivated: Boolean!
    updatedAt: Date!
    createdAt: Date!
  }

  type Integration {
    id: ID!
    type: IntegrationType!
    domain: String
    updatedAt: Date!
    createdAt: Date!
  }

  type IntegrationUser {
    id: ID!
    type: IntegrationType!
    domain: String
    externalId: String!
    externalName: String!
    updatedAt: Date!
    createdAt: Date!
  }

  type Application {
    id: ID!
    name: String!
    updatedAt: Date!
    createdAt: Date!
  }

  union Actor = User | Integration | IntegrationUser | Application
  union Entity = WorkItem | Initiative

  type Comment {
    id: ID!
    actor: Actor!
    body: String!
    threadId: String!
    entity: Entity!
    updatedAt: Date!
    createdAt: Date!
  }

  type Activity {
    id: ID!
    type: ActivityType!
    actor: Actor!
    details: JSON!
    entity: Entity!
    updatedAt: Date!
    createdAt: Date!
  }

  type WorkItem {
    id: ID!
    number: String!
    title: String!
    actor: Actor!
    description: String!
    status: Status!
    sort: String!
    space: Space!
    members: [User!]!
    watchers: [User!]!
    labels: [Label!]!
    comments: [Comment!]!
    activities: [Activity!]!
    initiatives: [Initiative!]!
    effort: String
    impact: String
    closedAt: Date
    archivedAt: Date
    updatedAt: Date!
    createdAt: Date!
  }

  type Person {
    id: ID!
    name: String!
    email: String
    company: Company
    externalId: String
    updatedAt: Date!
    createdAt: Date!
  }

  type Company {
    id: ID!
    name: String!
    domain: String
    updatedAt: Date!
    createdAt: Date!
  }

  type Insight {
    id: ID!
    actor: Actor!
    content: String!
    entities: [Entity!]!
    updatedAt: Date!
    createdAt: Date!
  }

  type Feedback {
    id: ID!
    number: String!
    actor: Actor!
    title: String!
    content: String!
    company: Company
    person: Person
    owners: [User!]!
    tags: [Label!]!
    insights: [Insight!]!
    processed: Boolean!
    processedAt: Date
    updatedAt: Date!
    createdAt: Date!
  }

  type Initiative {
    id: ID!
    number: String!
    title: String!
    color: String!
    actor: Actor!
    description: String!
    workItems: [WorkItem!]!
    comments: [Comment!]!
    activities: [Activity!]!
    watchers: [User!]!
    members: [User!]!
    labels: [Label!]!
    spaces: [Space!]!
    roadmapColumns: [RoadmapColumn!]!
    effort: String
    impact: String
    archivedAt: Date
    updatedAt: Date!
    createdAt: Date!
  }

  type Roadmap {
    id: ID!
    name: String!
    color: String!
    columns: [RoadmapColumn!]!
    createdAt: Date!
    updatedAt: Date!
  }

  type RoadmapColumn {
    id: ID!
    name: String!
    roadmap: Roadmap!
    columnType: RoadmapColumnStatusType!
    initiatives: [Initiative!]!
    createdAt: Date!
    updatedAt: Date!
  }
`;

/** The inputs of Kitemaker's GraphQL schema (kitemakerhq/km), without descriptions. */
export const INPUTS = /* GraphQL */ `
  input CreateWorkItemInput {
    title: String!
    description: String
    spaceId: ID
    statusId: ID
    sort: String
    memberIds: [ID!]
    watcherIds: [ID!]
    labelIds: [ID!]
    effort: String
    impact: String
    updatedAt: Date
    createdAt: Date
  }

  input EditWorkItemInput {
    id: ID!
    title: String
    description: String
    spaceId: ID
    statusId: ID
    sort: String
    effort: String
    impact: String
  }

  input StatusFilter {
    type: StatusFilterType!
    filter: [StatusType!]!
  }

  input AddMembersToWorkItemInput {
    id: ID!
    memberIds: [ID!]!
  }

  input RemoveMembersFromWorkItemInput {
    id: ID!
    memberIds: [ID!]!
  }

  input AddWatchersToWorkItemInput {
    id: ID!
    watcherIds: [ID!]!
  }

  input RemoveWatchersFromWorkItemInput {
    id: ID!
    watcherIds: [ID!]!
  }

  input AddLabelsToWorkItemInput {
    id: ID!
    labelIds: [ID!]!
  }

  input RemoveLabelsFromWorkItemInput {
    id: ID!
    labelIds: [ID!]!
  }

  input CreateCommentOnWorkItemInput {
    id: ID!
    body: String!
    threadId: String
  }

  input EditCommentInput {
    id: ID!
    body: String
  }

  input CodeReviewRequestLinkInput {
    name: String!
    url: String!
  }

  input EditCodeReviewRequestInput {
    id: ID!
    links: [CodeReviewRequestLinkInput!]
  }

  input CreateLabelInput {
    spaceId: ID!
    name: String!
    color: String
  }

  input CreateFeedbackInput {
    title: String!
    content: String
    processed: Boolean
    companyId: ID
    personId: ID
    ownerIds: [ID!]
    tagIds: [ID!]
    linkInsightToEntityIds: [ID!]
    updatedAt: Date
    createdAt: Date
  }

  input EditFeedbackInput {
    id: ID!
    title: String
    content: String
    processed: Boolean
    companyId: ID
    personId: ID
  }

  input AddOwnersToFeedbackInput {
    id: ID!
    ownerIds: [ID!]!
  }

  input RemoveOwnersFromFeedbackInput {
    id: ID!
    ownerIds: [ID!]!
  }

  input AddTagsToFeedbackInput {
    id: ID!
    tagIds: [ID!]!
  }

  input RemoveTagsFromFeedbackInput {
    id: ID!
    tagIds: [ID!]!
  }

  input AddEntitiesToInsightInput {
    id: ID!
    entityIds: [ID!]!
  }

  input RemoveEntitiesFromInsightInput {
    id: ID!
    entityIds: [ID!]!
  }

  input CreatePersonInput {
    name: String!
    email: String
    companyId: ID
  }

  input EditPersonInput {
    id: ID!
    name: String
    email: String
    companyId: ID
  }

  input CreateCompanyInput {
    name: String!
    avatar: String
    domain: String
  }

  input EditCompanyInput {
    id: ID!
    name: String
    avatar: String
    domain: String
  }

  input CreateInitiativeInput {
    title: String!
    description: String
    color: String
    effortId: String
    impactId: String
    roadmapColumnIds: [String!]
    memberIds: [String!]
    labelIds: [String!]
    workItemIds: [String!]
    archivedAt: Date
    updatedAt: Date
    createdAt: Date
  }

  input EditInitiativeInput {
    id: ID!
    title: String
    description: String
    color: String
    effortId: String
    impactId: String
    addMemberIds: [String!]
    removeMemberIds: [String!]
    addLabelIds: [String!]
    removeLabelIds: [String!]
    addWorkItemIds: [String!]
    removeWorkItemIds: [String!]
  }

  input AddInitiativesToRoadmapInput {
    columnId: ID!
    initiativeIds: [ID!]!
  }

  input RemoveInitiativesFromRoadmapInput {
    columnId: ID!
    initiativeIds: [ID!]!
  }
`;

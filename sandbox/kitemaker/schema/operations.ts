/**
 * Code reviews, queries, mutations and their results in Kitemaker's GraphQL schema, without its descriptions
 * (kitemakerhq/km). A constant, since the compiler copies no other files.
 */
export const OPERATIONS = /* GraphQL */ `
  type CodeReviewRequestDetails {
    number: String!
    url: String!
    title: String!
  }

  type CodeReviewRequestLink {
    name: String!
    url: String!
  }

  type CodeReviewRequest {
    id: ID!
    codeReviewType: IntegrationType!
    workItems: [WorkItem!]!
    state: CodeReviewRequestState!
    details: CodeReviewRequestDetails!
    links: [CodeReviewRequestLink!]!
    createdAt: Date!
    updatedAt: Date!
  }

  type WorkItemsQueryResult {
    workItems: [WorkItem!]!
    cursor: String!
    hasMore: Boolean!
  }

  type InitiativesQueryResult {
    initiatives: [Initiative!]!
    cursor: String!
    hasMore: Boolean!
  }

  type FeedbackQueryResult {
    feedback: [Feedback!]!
    cursor: String!
    hasMore: Boolean!
  }

  type RoadmapsQueryResult {
    roadmaps: [Roadmap!]!
  }

  type Query {
    organization: Organization!
    spaceByKey(key: String!): Space!
    workItems(spaceId: ID, cursor: String, count: Int, statusFilter: StatusFilter): WorkItemsQueryResult!
    workItem(id: ID!): WorkItem!
    workItemByNumber(number: String!): WorkItem!
    initiatives(cursor: String, count: Int): InitiativesQueryResult!
    initiative(id: ID!): Initiative!
    initiativeByNumber(number: String): Initiative!
    roadmaps: RoadmapsQueryResult!
    feedback(cursor: String, count: Int): FeedbackQueryResult!
    feedbackById(id: ID!): Feedback!
    feedbackByNumber(number: String): Feedback!
    feedbackPersons: [Person!]!
    feedbackCompanies: [Company!]!
    comment(id: ID!): Comment!
    codeReviewRequest(url: String!): CodeReviewRequest!
  }

  type CreateWorkItemResult {
    workItem: WorkItem!
  }

  type EditWorkItemResult {
    workItem: WorkItem!
  }

  type AddMembersToWorkItemResult {
    workItem: WorkItem!
  }

  type RemoveMembersFromWorkItemResult {
    workItem: WorkItem!
  }

  type AddWatchersToWorkItemResult {
    workItem: WorkItem!
  }

  type RemoveWatchersFromWorkItemResult {
    workItem: WorkItem!
  }

  type AddLabelsToWorkItemResult {
    workItem: WorkItem!
  }

  type RemoveLabelsFromWorkItemResult {
    workItem: WorkItem!
  }

  type CreateCommentOnWorkItemResult {
    comment: Comment!
  }

  type EditCommentResult {
    comment: Comment!
  }

  type EditCodeReviewRequestResult {
    codeReviewRequest: CodeReviewRequest!
  }

  type CreateLabelResult {
    label: Label!
  }

  type CreateFeedbackResult {
    feedback: Feedback!
  }

  type EditFeedbackResult {
    feedback: Feedback!
  }

  type AddOwnersToFeedbackResult {
    feedback: Feedback!
  }

  type RemoveOwnersFromFeedbackResult {
    feedback: Feedback!
  }

  type AddTagsToFeedbackResult {
    feedback: Feedback!
  }

  type RemoveTagsFromFeedbackResult {
    feedback: Feedback!
  }

  type AddEntitiesToInsightResult {
    insight: Insight!
  }

  type RemoveEntitiesFromInsightResult {
    insight: Insight!
  }

  type CreatePersonResult {
    person: Person!
  }

  type EditPersonResult {
    person: Person!
  }

  type CreateCompanyResult {
    company: Company!
  }

  type EditCompanyResult {
    company: Company!
  }

  type CreateInitiativeResult {
    initiative: Initiative!
  }

  type EditInitiativeResult {
    initiative: Initiative!
  }

  type AddInitiativesToRoadmapResult {
    roadmap: Roadmap!
  }

  type RemoveInitiativesFromRoadmapResult {
    roadmap: Roadmap!
  }

  type Mutation {
    createWorkItem(input: CreateWorkItemInput!): CreateWorkItemResult!
    editWorkItem(input: EditWorkItemInput!): EditWorkItemResult!
    addMembersToWorkItem(input: AddMembersToWorkItemInput!): AddMembersToWorkItemResult!
    removeMembersFromWorkItem(input: RemoveMembersFromWorkItemInput!): RemoveMembersFromWorkItemResult!
    addWatchersToWorkItem(input: AddWatchersToWorkItemInput!): AddWatchersToWorkItemResult!
    removeWatchersFromWorkItem(input: RemoveWatchersFromWorkItemInput!): RemoveWatchersFromWorkItemResult!
    addLabelsToWorkItem(input: AddLabelsToWorkItemInput!): AddMembersToWorkItemResult!
    removeLabelsFromWorkItem(input: RemoveLabelsFromWorkItemInput!): RemoveLabelsFromWorkItemResult!
    createCommentOnWorkItem(input: CreateCommentOnWorkItemInput!): CreateCommentOnWorkItemResult!
    createInitiative(input: CreateInitiativeInput!): CreateInitiativeResult!
    editInitiative(input: EditInitiativeInput!): EditInitiativeResult!
    addInitiativesToRoadmap(input: AddInitiativesToRoadmapInput!): AddInitiativesToRoadmapResult!
    removeInitiativesFromRoadmap(input: RemoveInitiativesFromRoadmapInput!): RemoveInitiativesFromRoadmapResult!
    createFeedback(input: CreateFeedbackInput!): CreateFeedbackResult!
    editFeedback(input: EditFeedbackInput!): EditFeedbackResult!
    addOwnersToFeedback(input: AddOwnersToFeedbackInput!): AddOwnersToFeedbackResult!
    removeOwnersFromFeedback(input: RemoveOwnersFromFeedbackInput!): RemoveOwnersFromFeedbackResult!
    addTagsToFeedback(input: AddTagsToFeedbackInput!): AddTagsToFeedbackResult!
    removeTagsFromFeedback(input: RemoveTagsFromFeedbackInput!): RemoveTagsFromFeedbackResult!
    createPerson(input: CreatePersonInput!): CreatePersonResult!
    editPerson(input: EditPersonInput!): EditPersonResult!
    createCompany(input: CreateCompanyInput!): CreateCompanyResult!
    editCompany(input: EditCompanyInput!): EditCompanyResult!
    addEntitiesToInsight(input: AddEntitiesToInsightInput!): AddEntitiesToInsightResult!
    removeEntitiesFromInsight(input: RemoveEntitiesFromInsightInput!): RemoveEntitiesFromInsightResult!
    editComment(input: EditCommentInput!): EditCommentResult!
    editCodeReviewRequest(input: EditCodeReviewRequestInput!): EditCodeReviewRequestResult!
    createLabel(input: CreateLabelInput!): CreateLabelResult!
  }
`;

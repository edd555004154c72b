# Fills the real Redmine of `npm run test:redmine`; run by `rails runner`. Writes what the tests need to $OUT as JSON.
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
Setting.notified_events = []
Setting.text_formatting = 'textile'
# Lets readers and a writer work at once, without waiting for the disk.
ActiveRecord::Base.connection.execute('PRAGMA journal_mode=WAL')

admin = User.find_by_login('admin')
admin.must_change_passwd = false
admin.save!

user = User.new(firstname: 'craft', lastname: 'sync', mail: 'craftsync@example.com', language: 'en')
user.login = 'craftsync'
user.password = SecureRandom.hex(16)
user.save!

# The role of docs/rights.md. Its workflow: what a Developer may do, new issues as New only.
role = Role.create!(
  name: 'craftsync', issues_visibility: 'all',
  permissions: [:view_issues, :add_issues, :add_issue_notes, :manage_subtasks]
)
Tracker.all.each { |tracker| WorkflowRule.copy(tracker, Role.find_by_name('Developer'), tracker, role) }

marker = IssueCustomField.create!(
  name: 'Craft ID', field_format: 'string', is_for_all: true, is_filter: true, tracker_ids: Tracker.pluck(:id)
)
team = IssueCustomField.create!(
  name: 'Team', field_format: 'list', possible_values: %w[mobile web], is_for_all: false, tracker_ids: [2]
)
IssueCustomField.create!(
  name: 'Platforms', field_format: 'list', possible_values: %w[iOS Android Web], multiple: true,
  is_for_all: true, tracker_ids: [1, 2]
)
unfiltered = IssueCustomField.create!(
  name: 'Unfiltered', field_format: 'string', is_for_all: true, is_filter: false, tracker_ids: [1, 2]
)
day = IssueCustomField.create!(
  name: 'Day', field_format: 'date', is_for_all: true, is_filter: false, tracker_ids: [1, 2]
)
other = Project.create!(
  name: 'Other', identifier: 'other', is_public: false, tracker_ids: [1, 2], enabled_module_names: ['issue_tracking']
)
Member.create!(principal: user, project: other, roles: [role])

File.write(ENV.fetch('OUT'), {
  adminKey: admin.api_key, apiKey: user.api_key, userId: user.id, roleId: role.id, otherProjectId: other.id,
  markerField: marker.id, teamField: team.id, unfilteredField: unfiltered.id,
  dateField: day.id
}.to_json)

"""The methods of the Web API that the sandbox knows, by name."""

from sandbox.slack.call import Method
from sandbox.slack.methods import apps, chat, conversations, files, own_channels, users, views

METHODS: dict[str, Method] = {
    "apps.connections.open": apps.connections_open,
    "auth.test": apps.auth_test,
    "bots.info": apps.bots_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.archive": own_channels.archive,
    "conversations.create": own_channels.create,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.invite": own_channels.invite,
    "conversations.list": conversations.listing,
    "conversations.open": conversations.open_direct_message,
    "conversations.replies": conversations.replies,
    "conversations.setTopic": own_channels.set_topic,
    "files.completeUploadExternal": files.complete_upload,
    "files.getUploadURLExternal": files.get_upload_url,
    "team.info": apps.team_info,
    "usergroups.list": users.user_groups,
    "usergroups.users.list": users.user_group_members,
    "users.info": users.info,
    "users.list": users.listing,
    "views.open": views.open_modal,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
WITH_APP_TOKEN = frozenset({"apps.connections.open"})

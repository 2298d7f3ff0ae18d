"""The council: topics, meetings, projects."""

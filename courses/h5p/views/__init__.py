"""The frame that plays content, and the pages of the CMS around it."""

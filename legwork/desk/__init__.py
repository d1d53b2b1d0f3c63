"""The owner's side: signed pages that she opens from a mail, the mails themselves, and her calendar feed."""

-- A job that mails a notification may run twice: the second run sees that the letter is out.
ALTER TABLE "notifications" ADD COLUMN "emailed_at" TIMESTAMPTZ(3);

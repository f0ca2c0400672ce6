-- Where a projection stands still is kept with the other followers now, in log.follower: it stands before the event after its
-- checkpoint. A projection that stands still while this is applied says so again at its next try.

DROP TABLE read.stopped;

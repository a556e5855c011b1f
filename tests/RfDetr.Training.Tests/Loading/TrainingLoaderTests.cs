using RfDetr.Training;

namespace RfDetr.Tests.Loading;

public class TrainingLoaderTests
{
    private static readonly AugmentationOptions s_much = AugmentationPresets.Aggressive with { MixUp = 0.2 };

    [Fact]
    public void Batches_do_not_depend_on_the_number_of_workers()
    {
        using var set = new SmallSet(20);
        LoaderOptions Options(LoaderOptions o, int workers) =>
            o with { Workers = workers, LookAhead = 1 + workers, Augmentation = s_much, MultiScale = true };

        TrainingBatch[] alone = [.. set.Loader(o => Options(o, 0)).Batches(3)];
        TrainingBatch[] four = [.. set.Loader(o => Options(o, 4) with { CacheBytes = 0 }).Batches(3)];

        alone.Length.ShouldBe(6);
        Same(alone, four);
        alone.Select(b => b.Height).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_run_goes_on_where_it_stopped()
    {
        using var set = new SmallSet(20);
        TrainingLoader loader = set.Loader(o => o with { Augmentation = s_much });

        TrainingBatch[] whole = [.. loader.Batches(2)];

        Same(whole[4..], [.. set.Loader(o => o with { Augmentation = s_much }).Batches(2, 4)]);
        Same([whole[5]], [loader.Make(2, 5)]);
        loader.Batches(2, 6).ShouldBeEmpty();
    }

    [Fact]
    public void Two_ranks_see_what_one_with_twice_the_batch_sees()
    {
        using var set = new SmallSet(20);
        TrainingBatch[] one = [.. set.Loader(o => o with { BatchSize = 4, MultiScale = true }).Batches(1)];
        TrainingBatch[][] two =
        [
            .. Enumerable.Range(0, 2).Select(rank =>
                set.Loader(o => o with { BatchSize = 2, WorldSize = 2, Rank = rank, MultiScale = true }).Batches(1).ToArray())
        ];

        two[0].Length.ShouldBe(one.Length);
        for (int i = 0; i < one.Length; i++)
        {
            one[i].Files.ShouldBe([.. two[0][i].Files, .. two[1][i].Files]);
            one[i].Pixels.AsSpan().SequenceEqual((float[])[.. two[0][i].Pixels, .. two[1][i].Pixels]).ShouldBeTrue();
        }
    }

    [Fact]
    public void An_epoch_sees_every_image_at_most_once_and_the_next_in_another_order()
    {
        using var set = new SmallSet(20);
        TrainingLoader loader = set.Loader();
        string[] first = [.. loader.Batches(0).SelectMany(b => b.Files)],
        second = [.. loader.Batches(1).SelectMany(b => b.Files)];

        loader.StepsPerEpoch.ShouldBe(6); // the last two images are dropped
        first.Distinct().Count().ShouldBe(18);
        second.ShouldNotBe(first);
    }

    [Fact]
    public void A_small_set_is_drawn_from_with_replacement_up_to_five_effective_batches()
    {
        using var set = new SmallSet(5);

        set.Loader().StepsPerEpoch.ShouldBe(5);
        set.Loader(o => o with { Accumulation = 4 }).StepsPerEpoch.ShouldBe(20);
        set.Loader().Batches(0).Sum(b => b.Size).ShouldBe(15);
    }

    [Fact]
    public void Rare_classes_are_seen_more_often_when_asked_for()
    {
        using var set = new SmallSet(40);
        string rare = set.Image(0);
        int Seen(Sampling sampling) => Enumerable.Range(0, 40).Sum(epoch =>
            set.Loader(o => o with { Sampling = sampling, RepeatThreshold = 0.4, Augmentation = AugmentationPresets.None })
                .Batches(epoch).Sum(b => b.Files.Count(f => f == rare)));

        Seen(Sampling.Shuffle).ShouldBeInRange(33, 40);
        Seen(Sampling.RepeatFactor).ShouldBeInRange(120, 200); // √(0.4 / (1/40)) = 4 times an epoch
    }

    [Fact]
    public void Targets_are_shares_of_the_image_and_masks_fill_their_boxes()
    {
        using var set = new SmallSet(9);

        foreach (TrainingBatch batch in set.Loader(o => o with { Augmentation = AugmentationPresets.None }).Batches(0))
        {
            batch.Pixels.Length.ShouldBe(3 * 3 * 32 * 32);
            for (int i = 0; i < batch.Size; i++)
            {
                Target target = batch.Targets[i];
                var image = set.Split.Images.Single(p => p.File == batch.Files[i]);
                target.ImageId.ShouldBe(image.Id);
                target.Labels.ShouldBe(image.Objects.Select(o => o.ClassIndex));
                target.Boxes[2].ShouldBe(10f / image.Width, 1e-6f);
                target.Boxes[1].ShouldBe(10f / image.Height, 1e-6f);
                MaskWindows.Area(target.Masks![0]).ShouldBe(target.Masks[0].Width * target.Masks[0].Height);
                ((double)target.Masks[0].Width).ShouldBe(32.0 * 10 / image.Width, 1);
            }
        }
    }

    [Fact]
    public void A_vanished_image_stops_the_run_by_name()
    {
        using var set = new SmallSet(20);
        File.Delete(set.Image(7));

        TrainingDataException e =
            Should.Throw<TrainingDataException>(() => set.Loader().Batches(0).Count() + set.Loader().Batches(1).Count());

        e.File.ShouldBe(set.Image(7));
        e.Message.ShouldContain("cannot be read now");
    }

    [Fact]
    public void A_broken_image_is_skipped_when_asked_for_and_reported()
    {
        using var set = new SmallSet(20);
        File.WriteAllText(set.Image(3), "BM nothing");
        TrainingLoader loader = set.Loader(o => o with { OnBadImage = BadImage.Skip });

        TrainingBatch[] batches = [.. loader.Batches(0), .. loader.Batches(1)];

        batches.SelectMany(b => b.Files).ShouldNotContain(set.Image(3));
        loader.Skipped.Keys.ShouldBe([set.Image(3)]);
        Same(batches[..6], [.. set.Loader(o => o with { OnBadImage = BadImage.Skip, Workers = 0 }).Batches(0)]);
    }

    [Fact]
    public void An_image_of_another_size_than_annotated_is_refused()
    {
        using var set = new SmallSet(20);
        TestImages.WriteBmp(set.Image(0), set.Split.Images[0].Height, set.Split.Images[0].Width);

        Should.Throw<TrainingDataException>(() => set.Loader().Batches(0).Count() + set.Loader().Batches(1).Count())
            .Message.ShouldContain("has 36×40 pixels, but its annotations say 40×36.");
    }

    [Fact]
    public void A_set_with_nothing_readable_ends_with_an_error_rather_than_never()
    {
        using var set = new SmallSet(4);
        foreach (var image in set.Split.Images)
            File.Delete(image.File);

        Should.Throw<TrainingDataException>(() => set.Loader(o => o with { OnBadImage = BadImage.Skip }).Batches(0).Count());
    }

    [Fact]
    public void Leaving_early_and_canceling_end_the_workers()
    {
        using var set = new SmallSet(30);

        foreach (TrainingBatch batch in set.Loader().Batches(0))
        {
            batch.Size.ShouldBe(3);
            break;
        }

        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Should.Throw<OperationCanceledException>(() =>
            set.Loader(o => o with { Workers = 1, LookAhead = 1 }).Batches(0, 0, cancellation.Token).Count());
    }

    [Fact]
    public void The_cache_stays_within_its_memory()
    {
        using var set = new SmallSet(20);
        TrainingLoader loader = set.Loader(o => o with { CacheBytes = 30_000 });

        loader.Batches(0).Count().ShouldBe(6);

        loader.CachedBytes.ShouldBeInRange(5_000, 30_000);
    }

    [Fact]
    public void All_wrong_options_are_named_at_once()
    {
        using var set = new SmallSet(4, masks: false);

        string message =
            Should.Throw<ArgumentException>(() => set.Loader(o => o with { BatchSize = 0, Resolution = 33, Rank = 2 })).Message;

        message.ShouldContain("BatchSize must be at least 1, got 0");
        message.ShouldContain("Resolution must be a multiple of 8 (patch × windows), got 33; the nearest are 32 and 40");
        message.ShouldContain("Rank must be 0 to 0 of WorldSize 1, got 2");
        Should.Throw<ArgumentException>(() =>
            set.Loader(o => o with { Masks = true })).Message.ShouldContain("has objects without masks");
    }

    [Fact]
    public void Sizes_of_a_multi_scale_run_are_those_of_the_reference()
    {
        MultiScaleSizes.Of(384, 32, expanded: true).ShouldBe([224, 256, 288, 320, 352, 384, 416, 448, 480, 512, 544]);
        MultiScaleSizes.Of(384, 32, expanded: false).ShouldBe([288, 320, 352, 384, 416, 448, 480, 512]);
        MultiScaleSizes.Of(96, 32, expanded: true)[0].ShouldBe(64);
        MultiScaleSizes.Of(32, 32, expanded: true)[0].ShouldBe(64);
    }

    [Fact]
    public void Class_weights_keep_the_size_of_the_loss()
    {
        float[] weights = ClassWeights.From([100, 25, 0], 0.5);

        (weights[1] / weights[0]).ShouldBe(2, 1e-5);
        ((100 * weights[0] + 25 * weights[1]) / 125).ShouldBe(1, 1e-5);
        weights[2].ShouldBe(1);
        ClassWeights.From([100, 25], 0).ShouldBe([1, 1]);
    }

    private static void Same(TrainingBatch[] a, TrainingBatch[] b)
    {
        a.Length.ShouldBe(b.Length);
        for (int i = 0; i < a.Length; i++)
        {
            a[i].Files.ShouldBe(b[i].Files);
            a[i].Pixels.AsSpan().SequenceEqual(b[i].Pixels).ShouldBeTrue();
            for (int k = 0; k < a[i].Size; k++)
            {
                a[i].Targets[k].Boxes.ShouldBe(b[i].Targets[k].Boxes);
                a[i].Targets[k].Labels.ShouldBe(b[i].Targets[k].Labels);
                a[i].Targets[k].Masks!.SelectMany(m => m.Pixels).ShouldBe(b[i].Targets[k].Masks!.SelectMany(m => m.Pixels));
            }
        }
    }
}

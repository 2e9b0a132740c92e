(* Intervals of states prove a network of one layer and one coordinate right on every word.

   Where a layer contracts it may reach infinitely many states, or too many to list.
   [check_regions] takes intervals, each of a state of the machine. Every letter has to carry each of
   them, widened by what rounding may be off, into another, and to where one code is nearest.
   [check_regions_sound] says that the network is right on every word. *)

From Coq Require Import ZArith QArith Qabs Qminmax Bool List Lia Lqa FMapPositive.
From Negeig Require Import Floating Network Closure Forms.
Import ListNotations.
Open Scope Q_scope.

Section Regions.

Variables (A : arithmetic) (D : analysis A).

Record region := {
  extent : interval;
  code : index;           (* the code nearest to whatever letters carry into it *)
  machine_state : index;
  leads : list index      (* by letter *)
}.

(* Where a letter takes an interval. *)
Definition image (q : form) (from : interval) : interval :=
  let a := slope q * low from + shift q in
  let b := slope q * high from + shift q in
  {| low := Qred (Qmin a b - off q); high := Qred (Qmax a b + off q) |}.

Lemma image_sound q from x r : inside x from ->
  Qabs (r - (slope q * x + shift q)) <= off q -> inside r (image q from).
Proof.
  intros [L U] P. apply Qabs_Qle_condition in P. unfold inside, image. cbn [low high].
  rewrite !Qred_correct. set (a := slope q * low from + shift q). set (b := slope q * high from + shift q).
  pose proof (Q.le_min_l a b). pose proof (Q.le_min_r a b).
  pose proof (Q.le_max_l a b). pose proof (Q.le_max_r a b). unfold a, b in *.
  destruct (Qlt_le_dec (slope q) 0); split; nra.
Qed.

Definition within (i j : interval) : bool := Qle_bool (low j) (low i) && Qle_bool (high i) (high j).

Lemma within_sound i j x : within i j = true -> inside x i -> inside x j.
Proof.
  unfold within. intros H [L U]. apply andb_prop in H as [H K]. rewrite Qle_bool_iff in *.
  split; lra.
Qed.

(* Twice the way from the middle of two codes to a point, in the direction of the other code. *)
Definition nearer (scale : Z) (c e : Z) (x : Q) : Q :=
  (inject_Z e - inject_Z c) * (inject_Z e + inject_Z c - 2 * inject_Z scale * x).

Definition beats (strict : bool) (scale c e : Z) (x : Q) : bool :=
  if strict then negb (Qle_bool (nearer scale c e x) 0) else Qle_bool 0 (nearer scale c e x).

(* A code is nearer than those before it and no farther than those after it, at both ends. *)
Fixpoint nearest_throughout (scale c : Z) (i : interval) (before : nat) (l : list (list Z)) : bool :=
  match l with
  | [] => true
  | [e] :: l =>
      match before with
      | O => beats false scale c e (low i) && beats false scale c e (high i) &&
          nearest_throughout scale c i O l
      | S n => beats true scale c e (low i) && beats true scale c e (high i) &&
          nearest_throughout scale c i n l
      end
  | _ => false
  end.

Definition decodes_throughout (L : layer A) (i : interval) (k : index) : bool :=
  match nth_error (codes A L) (pred (Pos.to_nat k)) with
  | Some [c] => nearest_throughout (scale A L) c i (pred (Pos.to_nat k)) (codes A L)
  | _ => false
  end.

Lemma between a b i x : inside x i -> 0 <= a + b * low i -> 0 <= a + b * high i -> 0 <= a + b * x.
Proof. intros [L U] P Q. destruct (Qlt_le_dec b 0); nra. Qed.

Lemma between_strictly a b i x : inside x i -> 0 < a + b * low i -> 0 < a + b * high i -> 0 < a + b * x.
Proof. intros [L U] P Q. destruct (Qlt_le_dec b 0); nra. Qed.

Lemma beats_between strict s c e i x : inside x i -> beats strict s c e (low i) = true ->
  beats strict s c e (high i) = true -> beats strict s c e x = true.
Proof.
  assert (F : forall y, nearer s c e y ==
    (inject_Z e - inject_Z c) * (inject_Z e + inject_Z c) +
    (inject_Z e - inject_Z c) * - (2 * inject_Z s) * y) by (intro; unfold nearer; ring).
  assert (N : forall y, negb (Qle_bool (nearer s c e y) 0) = true <-> 0 < nearer s c e y).
  { intro y. destruct (Qle_bool (nearer s c e y) 0) eqn:B; simpl; split; try easy.
    - apply Qle_bool_iff in B. lra.
    - intros _. apply Qnot_le_lt. intro C. apply Qle_bool_iff in C. congruence. }
  intros I L H. unfold beats in *. destruct strict.
  - apply N in L, H. apply N. rewrite F in *. now apply (between_strictly _ _ i).
  - rewrite Qle_bool_iff in *. rewrite F in *. now apply (between _ _ i).
Qed.

Lemma throughout_nth s c i x : inside x i -> forall l before j e,
  nearest_throughout s c i before l = true -> nth_error l j = Some e ->
  exists z, e = [z] /\ beats (Nat.ltb j before) s c z x = true.
Proof.
  intro I. induction l as [|e0 l IH]; intros before j e H J; [now destruct j|].
  simpl in H. destruct e0 as [|z []]; try easy.
  destruct before as [|before]; apply andb_prop in H as [H R]; apply andb_prop in H as [L H];
    (destruct j as [|j]; [injection J as <-; exists z; split; trivial; now apply (beats_between _ _ _ _ i)|]).
  - destruct (IH O j e R J) as (y & -> & Y). now exists y.
  - destruct (IH before j e R J) as (y & -> & Y). now exists y.
Qed.

Lemma scan_keeps (L : layer A) d p : forall l i best least,
  (forall j e, nth_error l j = Some e -> (least <= distance (scale A L) d e p)%Z) ->
  scan A L d p l i best least = best.
Proof.
  induction l as [|e l IH]; intros i best least H; trivial. simpl.
  pose proof (H 0%nat e eq_refl). destruct (Z.ltb_spec (distance (scale A L) d e p) least); [lia|].
  apply IH. intros j f J. now apply (H (S j) f).
Qed.

Lemma scan_finds (L : layer A) d p : forall l n i best least c, nth_error l n = Some c ->
  (forall j e, nth_error l j = Some e -> (j < n)%nat ->
    (distance (scale A L) d c p < distance (scale A L) d e p)%Z) ->
  (forall j e, nth_error l j = Some e -> (distance (scale A L) d c p <= distance (scale A L) d e p)%Z) ->
  (distance (scale A L) d c p < least)%Z ->
  scan A L d p l i best least = Pos.of_nat (Pos.to_nat i + n).
Proof.
  induction l as [|e l IH]; intros n i best least c N B F C; [now destruct n|]. simpl.
  destruct n as [|n].
  - injection N as ->. destruct (Z.ltb_spec (distance (scale A L) d c p) least); [|lia].
    rewrite Nat.add_0_r, Pos2Nat.id. apply scan_keeps. intros j f J. now apply (F (S j) f).
  - replace (Pos.to_nat i + S n)%nat with (Pos.to_nat (Pos.succ i) + n)%nat by lia.
    assert (E : (distance (scale A L) d c p < distance (scale A L) d e p)%Z) by (apply (B 0%nat); trivial; lia).
    destruct (distance (scale A L) d e p <? least)%Z; apply (IH n _ _ _ c); trivial;
      intros j f J; try intro; try (apply (B (S j) f); trivial; lia); now apply (F (S j) f).
Qed.

Lemma decodes_throughout_sound L i k x y : inside x i -> stands_for A D y x -> decodes_throughout L i k = true ->
  nearest A L [y] = Some k.
Proof.
  intros I Y H. unfold decodes_throughout in H. set (n := pred (Pos.to_nat k)) in *.
  destruct (nth_error (codes A L) n) as [[|c []]|] eqn:N; try easy.
  destruct (point_exact A D y x Y) as (p & d & P & Dp & E).
  assert (B : forall strict z, beats strict (scale A L) c z x = true ->
    (distance (scale A L) d [c] [p] <= distance (scale A L) d [z] [p])%Z /\
    (strict = true -> (distance (scale A L) d [c] [p] < distance (scale A L) d [z] [p])%Z)).
  { intros strict z Z.
    assert (G : inject_Z (distance (scale A L) d [z] [p] - distance (scale A L) d [c] [p]) ==
      inject_Z d * inject_Z d * nearer (scale A L) c z x).
    { unfold nearer. setoid_replace (inject_Z d * inject_Z d * ((inject_Z z - inject_Z c) *
        (inject_Z z + inject_Z c - 2 * inject_Z (scale A L) * x))) with
        (inject_Z d * (inject_Z z - inject_Z c) * (inject_Z d * (inject_Z z + inject_Z c) -
         2 * inject_Z (scale A L) * (x * inject_Z d))) by ring.
      rewrite E. cbn [distance hd tl]. unfold Z.sub.
      repeat rewrite ?inject_Z_plus, ?inject_Z_opp, ?inject_Z_mult. ring. }
    assert (0 < inject_Z d) by (change 0 with (inject_Z 0); rewrite <- Zlt_Qlt; lia).
    assert (0 < inject_Z d * inject_Z d) by nra.
    unfold beats in Z. destruct strict.
    - assert (0 < nearer (scale A L) c z x).
      { apply Qnot_le_lt. intro C. apply Qle_bool_iff in C. rewrite C in Z. discriminate. }
      assert (Less : 0 < inject_Z (distance (scale A L) d [z] [p] - distance (scale A L) d [c] [p]))
        by (rewrite G; nra).
      change 0 with (inject_Z 0) in Less. rewrite <- Zlt_Qlt in Less. lia.
    - apply Qle_bool_iff in Z.
      assert (Less : 0 <= inject_Z (distance (scale A L) d [z] [p] - distance (scale A L) d [c] [p]))
        by (rewrite G; nra).
      change 0 with (inject_Z 0) in Less. rewrite <- Zle_Qle in Less. split; [lia|easy]. }
  unfold nearest. rewrite P. destruct (codes A L) as [|c0 l] eqn:C; [now destruct n|].
  f_equal. destruct n as [|m] eqn:M.
  - simpl in N. injection N as ->. rewrite scan_keeps.
    + lia.
    + intros j e J. destruct (throughout_nth (scale A L) c i x I _ _ (S j) e H J) as (z & -> & Z).
      now apply (B false).
  - simpl in N. rewrite (scan_finds L d [p] l m 2 1 _ [c]); trivial.
    + lia.
    + intros j e J K. destruct (throughout_nth (scale A L) c i x I _ _ (S j) e H J) as (z & -> & Z).
      replace (Nat.ltb (S j) (S m)) with true in Z by (symmetry; apply Nat.ltb_lt; lia).
      now apply (B true).
    + intros j e J. destruct (throughout_nth (scale A L) c i x I _ _ (S j) e H J) as (z & -> & Z).
      now apply (B _ z Z).
    + destruct (throughout_nth (scale A L) c i x I _ _ 0%nat c0 H eq_refl) as (z & -> & Z).
      now apply (B true).
Qed.

Fixpoint region_edges (N : network A) (L : layer A) (M : machine) (t : PositiveMap.t region) (g : region)
  (a : index) (l : list index) : bool :=
  match l with
  | [] => true
  | j :: rest =>
      match get j t, get a (steps A L), successor M (machine_state g) a with
      | Some f, Some own, Some p =>
          match letter_form A D (extent g) own with
          | Some q =>
              let i := image q (extent g) in within i (extent f) && decodes_throughout L i (code f)
          | None => false
          end &&
          Pos.eqb p (machine_state f) &&
          match emitted A L (code f) a with
          | Some symbol =>
              match get symbol (outputs A N), get p (output_of M) with
              | Some x, Some y => (x =? y)%Z
              | _, _ => false
              end
          | None => false
          end
      | _, _, _ => false
      end && region_edges N L M t g (Pos.succ a) rest
  end.

(* [letters] letters, numbered from 1; the start lies in the first region. *)
Definition check_regions (letters : nat) (N : network A) (M : machine) (regions : list region) : bool :=
  match layers A N, initial A N, regions with
  | [L], [[y]], first :: _ =>
      let t := array regions in
      match value_of A D y with
      | Some x => Qle_bool (low (extent first)) x && Qle_bool x (high (extent first))
      | None => false
      end &&
      Pos.eqb (start M) (machine_state first) &&
      match get (start M) (output_of M) with Some o => (empty A N =? o)%Z | None => false end &&
      forallb (fun g =>
        Nat.eqb (length (leads g)) letters && region_edges N L M t g 1 (leads g)) regions
  | _, _, _ => false
  end.

Section Sound.

Variables (letters : nat) (N : network A) (L : layer A) (M : machine) (regions : list region).

Lemma region_edges_sound g l i j a :
  region_edges N L M (array regions) g i l = true -> nth_error l j = Some a ->
  exists f own q symbol x, In f regions /\
    get (Pos.of_nat (Pos.to_nat i + j)) (steps A L) = Some own /\
    letter_form A D (extent g) own = Some q /\ within (image q (extent g)) (extent f) = true /\
    decodes_throughout L (image q (extent g)) (code f) = true /\
    successor M (machine_state g) (Pos.of_nat (Pos.to_nat i + j)) = Some (machine_state f) /\
    emitted A L (code f) (Pos.of_nat (Pos.to_nat i + j)) = Some symbol /\
    get symbol (outputs A N) = Some x /\ get (machine_state f) (output_of M) = Some x.
Proof.
  revert i j; induction l as [|t l IH]; simpl; intros i j H J; [now destruct j|].
  apply andb_prop in H as [H R]. destruct j as [|j].
  - rewrite Nat.add_0_r, Pos2Nat.id.
    destruct (get t (array regions)) as [f|] eqn:F; [|discriminate].
    destruct (get i (steps A L)) as [own|]; [|discriminate].
    destruct (successor M (machine_state g) i) as [p|]; [|discriminate].
    apply andb_prop in H as [H O]. apply andb_prop in H as [C Q]. apply Pos.eqb_eq in Q as ->.
    destruct (letter_form A D (extent g) own) as [q|] eqn:E; [|discriminate].
    apply andb_prop in C as [C Dq].
    destruct (emitted A L (code f) i) as [symbol|] eqn:Em; [|discriminate].
    destruct (get symbol (outputs A N)) as [x|] eqn:X; [|discriminate].
    destruct (get (machine_state f) (output_of M)) as [y|] eqn:Y; [|discriminate].
    apply Z.eqb_eq in O as ->. exists f, own, q, symbol, y. repeat split; trivial.
    eapply get_array. exact F.
  - simpl in J. replace (Pos.to_nat i + S j)%nat with (Pos.to_nat (Pos.succ i) + j)%nat by lia.
    now apply IH.
Qed.

End Sound.

(* The network's output after every word is the machine's. *)
Theorem check_regions_sound letters N M regions : check_regions letters N M regions = true ->
  forall w, word letters w -> exists x, run A N w = Some x /\ machine_run M (start M) w = Some x.
Proof.
  unfold check_regions. intro H.
  destruct (layers A N) as [|L []] eqn:Ls; try easy.
  destruct (initial A N) as [|[|y0 []] []] eqn:In0; try easy.
  destruct regions as [|first others] eqn:Rs; [easy|]. rewrite <- Rs in *.
  apply andb_prop in H as [H All]. apply andb_prop in H as [H O]. apply andb_prop in H as [V Q].
  rewrite forallb_forall in All.
  assert (G : forall w g x y o, In g regions -> inside x (extent g) -> stands_for A D y x ->
    get (machine_state g) (output_of M) = Some o -> word letters w -> exists z,
    run_from A N [[y]] o w = Some z /\ machine_run M (machine_state g) w = Some z).
  { induction w as [|a w IH]; intros g x y o T I Y Og W; simpl; [now exists o|].
    pose proof (All _ T) as C. apply andb_prop in C as [C K].
    apply Nat.eqb_eq in C. pose proof (W a (or_introl eq_refl)) as B.
    destruct (nth_error (leads g) (pred (Pos.to_nat a))) as [j|] eqn:J.
    2: { apply nth_error_None in J. lia. }
    destruct (region_edges_sound N L M regions _ _ _ _ _ K J)
      as (f & own & q & symbol & z & F & E & Lf & Wf & Df & S & Em & X & Of).
    replace (Pos.of_nat (Pos.to_nat 1 + pred (Pos.to_nat a))) with a in * by lia.
    destruct (letter_form_sound A D (extent g) own q x y I Y Lf) as (y1 & x1 & R & Y1 & B1).
    pose proof (image_sound q _ _ _ I B1) as Im.
    rewrite S, Ls. simpl. rewrite E, R, (decodes_throughout_sound L _ _ x1 y1 Im Y1 Df), Em, X.
    apply (IH f x1); trivial; [now apply (within_sound (image q (extent g)))|]. intros c Hc. apply W. now right. }
  intros w W. unfold run. rewrite In0.
  destruct (value_of A D y0) as [x|] eqn:X; [|discriminate].
  apply andb_prop in V as [V1 V2]. rewrite Qle_bool_iff in V1, V2.
  apply Pos.eqb_eq in Q. destruct (get (start M) (output_of M)) as [o|] eqn:Y; [|discriminate].
  apply Z.eqb_eq in O. rewrite O, Q. rewrite Q in Y. apply (G w first x); trivial.
  - rewrite Rs. now left.
  - now split.
  - now apply value_sound.
Qed.

End Regions.

Print Assumptions check_regions_sound.
